const MAX_DEPTH = 4;

/**
 * Takes the value of a lock out of a client's error, in place. Clients put the command into their errors, ioredis as
 * `error.command.args` and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 */
export function redact(error: unknown, value: string): void {
  if (typeof error === "object" && error !== null) walk(error as Record<string, unknown>, value, MAX_DEPTH);
}

function walk(holder: Record<string, unknown>, value: string, depth: number): void {
  for (const key of Object.getOwnPropertyNames(holder)) {
    try {
      const found = holder[key];
      if (typeof found === "string") {
        if (found.includes(value)) holder[key] = found.replaceAll(value, "[value]");
      } else if (typeof found === "object" && found !== null && depth > 0) {
        walk(found as Record<string, unknown>, value, depth - 1);
      }
    } catch {
      // A getter that throws or a property that cannot be written: not ours to mend.
    }
  }
}
