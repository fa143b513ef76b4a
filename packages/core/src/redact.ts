const MASK = "[value]";
const TELLTALE = 8;
/** How far causes are followed: some lead back to where they came from. */
const DEPTH = 4;

/**
 * A client's error without the value of a lock. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 *
 * An error that may carry it is copied, never written to: its command may be the very one that is still to be sent, by this
 * node or by the others. The copy has the message, the name, the code and the cause. What cannot be read is replaced.
 */
export function redacted(error: unknown, value: string): Error {
  try {
    return copied(error, value, 0);
  } catch {
    return new Error("an error that cannot be read");
  }
}

function copied(error: unknown, value: string, depth: number): Error {
  if (error instanceof Error && isClean(error, value, depth)) return error;
  const { name = "Error", code, cause } = (error ?? {}) as Error & { code?: unknown };
  const isLast = cause === undefined || depth > DEPTH;
  const copy = new Error(
    hidden(messageOf(error), value),
    isLast ? {} : { cause: copied(cause, value, depth + 1) },
  );
  return Object.assign(copy, {
    name: hidden(String(name), value),
    code: typeof code === "string" ? hidden(code, value) : code,
  });
}

/** Whether something, and all that it leads to, can be seen to be without the value. */
function isClean(found: unknown, value: string, depth: number): boolean {
  if (typeof found !== "object") return hidden(String(found), value) === String(found);
  if (depth > DEPTH || !(found instanceof Error || Array.isArray(found))) return false;
  return Reflect.ownKeys(found).every((key) => isClean(found[key as keyof typeof found], value, depth + 1));
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "no text";
  }
}

/** The text without the value: as it is, as a URL or JSON writes it, and as much of it as a server has left. */
function hidden(text: string, value: string): string {
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  const telling = Math.min(TELLTALE, value.length);
  let safe = "";
  for (let at = 0; at < text.length; ) {
    const length = Math.max(...forms.map((form) => sharedBy(form, text, at)));
    safe += length >= telling ? MASK : text[at];
    at += length >= telling ? length : 1;
  }
  return safe;
}

/** For how long the text goes on there as the form begins. */
function sharedBy(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form[length] === text[at + length]) length++;
  return length;
}
