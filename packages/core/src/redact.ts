const MASK = "[value]";
const TELLTALE = 8;

/**
 * A client's error without the value of a lock. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 *
 * An error that may carry it is copied, never written to: its command may be the very one that is still to be sent, by this
 * node or by the others. The copy has the message, the name, the code and the cause.
 */
export function redacted(error: unknown, value: string): Error {
  const hide = (text: string) => hidden(text, value);
  const message = messageOf(error);
  const { name, code, cause } = (error ?? {}) as Error & { code?: unknown };
  const isClean = (found: unknown) => typeof found !== "object" && hide(String(found)) === String(found);
  if (error instanceof Error && [message, cause, ...Object.values(error)].every(isClean)) return error;
  const copy = new Error(hide(message), cause === undefined ? {} : { cause: redacted(cause, value) });
  return Object.assign(copy, { name: hide(String(name)), code });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "no text";
  }
}

/** The text without the value: as it is, as a URL writes it, and where a server cut it off. */
function hidden(text: string, value: string): string {
  return [value, encodeURIComponent(value)].reduce((safe, form) => {
    const start = form.slice(0, TELLTALE).replace(/\W/g, "\\$&");
    return safe.replace(new RegExp(`${start}[^\\s'"]*`, "g"), MASK);
  }, text);
}
