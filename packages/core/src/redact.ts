const MASK = "[value]";
const TELLTALE = 8;

/**
 * A client's error without the value of a lock. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 *
 * An error that may carry it is copied, never written to: its command may be the very one that is still to be sent, by this
 * node or by the others. The copy keeps the class and the plain properties.
 */
export function redacted(error: unknown, value: string): unknown {
  if (!(error instanceof Error)) return new Error(hide(messageOf(error), value));
  const plain: Record<string, unknown> = {};
  let isClean = true;
  for (const key of ["name", "message", ...Object.getOwnPropertyNames(error)]) {
    const found: unknown = (error as unknown as Record<string, unknown>)[key];
    const shown = key === "message" ? hide(messageOf(error), value) : withoutValue(found, value);
    isClean &&= shown === found;
    if (shown !== undefined) plain[key] = shown;
  }
  if (isClean) return error;
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error));
  for (const [key, shown] of Object.entries(plain)) {
    Object.defineProperty(copy, key, { value: shown, configurable: true, writable: true });
  }
  return copy;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "no text";
  }
}

function withoutValue(found: unknown, value: string): unknown {
  if (typeof found === "string") return hide(found, value);
  if (found instanceof Error) return redacted(found, value);
  return typeof found === "object" || typeof found === "function" ? undefined : found;
}

/** The text without the value: as it is, as a URL writes it, and where a server cut it off. */
function hide(text: string, value: string): string {
  let hidden = text;
  for (const form of [value, encodeURIComponent(value)]) {
    hidden = hidden.replaceAll(form, MASK);
    const start = form.slice(0, TELLTALE).replace(/\W/g, "\\$&");
    if (form.length > TELLTALE) hidden = hidden.replace(new RegExp(`${start}[^\\s'"]*`, "g"), MASK);
  }
  return hidden;
}
