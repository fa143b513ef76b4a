const VALUE_BYTES = 16;
const BLOCK_VALUES = 64;

// Drawn lazily (Cloudflare Workers forbid randomness outside a request) and in blocks: a call of getRandomValues costs
// ten times the 16 bytes it is asked for.
let block: Uint8Array<ArrayBuffer> | undefined;
let next = 0;

/** A fresh value: 16 random bytes from the runtime's cryptographic source, in standard base64 (24 characters). */
export function randomValue(): string {
  block ??= new Uint8Array(VALUE_BYTES * BLOCK_VALUES);
  if (next === 0) crypto.getRandomValues(block);
  const bytes = block.subarray(next, next + VALUE_BYTES);
  // Not spread: that goes byte by byte through an iterator.
  const value = btoa(String.fromCharCode.apply(null, bytes as unknown as number[]));
  bytes.fill(0);
  next = (next + VALUE_BYTES) % block.length;
  return value;
}
