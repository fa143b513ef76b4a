// An error, its `command`, the list of its arguments; and the same for one `cause`.
const MAX_DEPTH = 4;

/**
 * Takes the value of a lock out of a client's error, in place. Clients put the command into their errors, ioredis as
 * `error.command.args` and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 */
export function redact(error: unknown, value: string): void {
  if (isData(error)) walk(error, value, MAX_DEPTH);
}

/** Errors, lists and plain objects: not the sockets and clients that an error may lead to. */
function isData(found: unknown): found is Record<string, unknown> {
  if (found instanceof Error || Array.isArray(found)) return true;
  return typeof found === "object" && found !== null && Object.getPrototypeOf(found) === Object.prototype;
}

function walk(holder: Record<string, unknown>, value: string, depth: number): void {
  for (const key of Object.getOwnPropertyNames(holder)) {
    try {
      const found = holder[key];
      if (typeof found === "string") {
        if (found.includes(value)) holder[key] = found.replaceAll(value, "[value]");
      } else if (depth > 0 && isData(found)) {
        walk(found, value, depth - 1);
      }
    } catch {
      // A getter that throws or a property that cannot be written: not ours to mend.
    }
  }
}
