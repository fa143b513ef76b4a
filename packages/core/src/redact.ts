const MASK = "[value]";
const TELLTALE = 8;
/** How far causes are followed: some lead back to where they came from. */
const DEPTH = 4;
/** How many errors of an `AggregateError` are told: one for each address of a host. */
const WITHIN = 4;
/** How much of a message is kept in a copy: more than any server or client says of its own. */
const LONGEST = 2_000;

/**
 * A client's error without the value of a lock. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and whoever logs the error would publish the proof of ownership.
 *
 * An error that may carry it is copied, never written to: its command may be the very one that is still to be sent, by this
 * node or by the others. The copy has the message, up to 2,000 characters of it, the name, the code and the cause. What cannot be
 * read is replaced.
 */
export function redacted(error: unknown, value: string): Error {
  try {
    return copied(error, formsOf(value), 0);
  } catch {
    return new Error("an error that cannot be read");
  }
}

/**
 * Why a client failed, in its own words, without the value of a lock: the message of its error, and behind it those of the errors
 * that led to it, as deep as they are. Node's own connection errors may come as an `AggregateError` without a message, and clients wrap
 * `ECONNREFUSED` in an error that says that the connection is closed.
 */
export function reasonOf(error: unknown, value: string): string {
  let reason: string;
  try {
    reason = reasonWithin(error, 0);
  } catch {
    reason = messageOf(error);
  }
  return hidden(reason || "unknown", formsOf(value));
}

function reasonWithin(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return error === undefined || error === null ? "" : messageOf(error);
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown };
  let own = messageOf(error) || String(code ?? "");
  if (/^E[A-Z]+$/.test(String(code)) && !own.includes(String(code))) own += ` ${code}`;
  if (depth > DEPTH) return own;
  const behind = [cause, ...(Array.isArray(errors) ? errors.slice(0, WITHIN) : [])];
  const reasons = new Set(behind.map((each) => reasonWithin(each, depth + 1)));
  const within = [...reasons].filter((reason) => !own.includes(reason));
  if (within.length === 0) return own;
  return own === "" ? within.join(", ") : `${own} (${within.join(", ")})`;
}

/** A way to write the value, and the least of it that gives it away. */
interface Form {
  readonly whole: string;
  readonly start: string;
}

/** As it is, as a URL writes it, and as JSON does: often all the same. */
function formsOf(value: string): readonly Form[] {
  const telling = Math.min(TELLTALE, value.length);
  const ways = new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  return [...ways].map((whole) => ({ whole, start: whole.slice(0, telling) }));
}

function copied(error: unknown, forms: readonly Form[], depth: number): Error {
  if (error instanceof Error && isClean(error, forms, depth)) return error;
  const { name = "Error", code, cause } = (error ?? {}) as Error & { code?: unknown };
  const isLast = cause === undefined || depth > DEPTH;
  const copy = new Error(
    hidden(messageOf(error), forms),
    isLast ? {} : { cause: copied(cause, forms, depth + 1) },
  );
  return Object.assign(copy, {
    name: hidden(String(name), forms),
    code: typeof code === "string" ? hidden(code, forms) : code,
  });
}

/** Whether something, and all that it leads to, can be seen to be without the value. */
function isClean(found: unknown, forms: readonly Form[], depth: number): boolean {
  if (typeof found !== "object") {
    const text = String(found);
    return !forms.some(({ start }) => text.includes(start));
  }
  if (depth > DEPTH || !(found instanceof Error || Array.isArray(found))) return false;
  return Reflect.ownKeys(found).every((key) => isClean(found[key as keyof typeof found], forms, depth + 1));
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "no text";
  }
}

/** The text, cut to what a log can use, without the value: without the whole of it, and what was left of it by a cut. */
function hidden(text: string, forms: readonly Form[]): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  let safe = "";
  for (let at = 0; ; ) {
    const found = forms.map(({ start }) => cut.indexOf(start, at)).filter((place) => place >= 0);
    if (found.length === 0) return safe + cut.slice(at);
    const first = Math.min(...found);
    safe += cut.slice(at, first) + MASK;
    at = first + Math.max(...forms.map(({ whole }) => sharedBy(whole, cut, first)));
  }
}

/** For how long the text goes on there as the form begins. */
function sharedBy(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form[length] === text[at + length]) length++;
  return length;
}
