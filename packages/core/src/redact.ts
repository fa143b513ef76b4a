const MASK = "[value]";
/** So much of a value's beginning is taken for the value: servers and clients cut it off. */
const TELLTALE = 8;
/** How far causes are followed: some lead back to where they came from. */
const DEPTH = 4;

/**
 * A client's error without the value of a lock. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 *
 * A copy, of the name, the message, the code and the cause: what is written into the client's own may be written into the very
 * command that is still to be sent, by this node or by the others. What cannot be read is replaced.
 */
export function redacted(error: unknown, value: string, depth = 0): Error {
  try {
    const { name, code, cause } = Object(error) as Error & { code?: unknown };
    const more = cause === undefined || depth === DEPTH ? {} : { cause: redacted(cause, value, depth + 1) };
    const copy = new Error(hidden(error instanceof Error ? error.message : error, value), more);
    return Object.assign(copy, { name: hidden(name ?? copy.name, value) }, code && { code });
  } catch {
    return new Error("an error that cannot be read");
  }
}

/** The text without the value: as it is, as a URL or JSON writes it, and as much of its beginning as is left. */
function hidden(shown: unknown, value: string): string {
  const forms = [...new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])];
  let text = String(shown);
  let length = Math.max(...forms.map((form) => form.length));
  for (; length >= Math.min(TELLTALE, value.length); length--)
    for (const form of forms) text = text.replaceAll(form.slice(0, length), MASK);
  return text;
}
