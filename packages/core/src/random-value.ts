const VALUE_BYTES = 16;
const BLOCK_VALUES = 64;
/** For how long randomness that was drawn ahead is good, by the wall clock. */
const FRESH_MS = 3;

// Drawn lazily (Cloudflare Workers forbid randomness outside a request) and in blocks: a call of getRandomValues costs
// ten times the 16 bytes it is asked for.
let block: Uint8Array<ArrayBuffer> | undefined;
let next = 0;
let drawnAt = 0;

/**
 * A fresh value: 16 random bytes from the runtime's cryptographic source, in standard base64 (24 characters).
 *
 * What was drawn ahead is thrown away when the wall clock has moved on. The memory of a process can be copied (startup snapshots,
 * AWS Lambda SnapStart, forks of a virtual machine), and its copies, which go on later, would hand out the same values.
 */
export function randomValue(): string {
  const present = Date.now();
  if (next === 0 || Math.abs(present - drawnAt) > FRESH_MS) {
    block ??= new Uint8Array(VALUE_BYTES * BLOCK_VALUES);
    crypto.getRandomValues(block);
    next = 0;
    drawnAt = present;
  }
  const bytes = (block as Uint8Array).subarray(next, next + VALUE_BYTES);
  // Not spread: that goes byte by byte through an iterator.
  const value = btoa(String.fromCharCode.apply(null, bytes as unknown as number[]));
  bytes.fill(0);
  next = (next + VALUE_BYTES) % (VALUE_BYTES * BLOCK_VALUES);
  return value;
}
