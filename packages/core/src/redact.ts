const MASK = "[value]";
/** How much of a value gives it away. */
const TELLTALE = 8;
/** How far causes are followed: some lead back to where they came from. */
const DEPTH = 4;
/** How many errors of an `AggregateError` are read: one for each address of a host. */
const WITHIN = 4;
/** How much of a message is kept in a copy: more than any server or client says of its own. */
const LONGEST = 2_000;
/** How a server quotes a command that it does not know: that may be HELLO or AUTH, with the password. */
const QUOTED = /,? with args beginning with:.*/s;
/** How long a text may be that is searched to the end: a stack goes on for longer than a message. */
const SEARCHED = 20_000;

/**
 * Keeps the values of locks out of what a client says. Clients put the command into their errors, ioredis as `error.command.args`
 * and Upstash into the message, and a log of the error would publish the proof of ownership: of every lock in the command.
 *
 * One pass over the text finds all the values, however many there are.
 */
export class Redaction {
  /** How a value may be written, by what it begins with. */
  readonly #forms = new Map<string, string[]>();
  /** The lengths of those beginnings: only values of less than eight characters have others. */
  readonly #lengths = new Set<number>();

  constructor(values: readonly string[]) {
    for (const value of values) {
      // An inspection has no value, and nothing is found everywhere.
      if (value === "") continue;
      const telling = Math.min(TELLTALE, value.length);
      // As it is, as a URL writes it, and as JSON does: often all the same.
      for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])) {
        const start = form.slice(0, telling);
        this.#lengths.add(start.length);
        this.#forms.set(start, [...(this.#forms.get(start) ?? []), form]);
      }
    }
  }

  /**
   * Why a client failed, in its own words: the message of its error, and behind it those of the errors that led to it, as deep as they
   * are. Node's own connection errors may come as an `AggregateError` without a message, and clients wrap `ECONNREFUSED` in an error
   * that says that the connection is closed.
   */
  reasonOf(error: unknown): string {
    let reason: string;
    try {
      reason = reasonWithin(error, 0);
    } catch {
      reason = messageOf(error);
    }
    return this.#mask(reason || "unknown");
  }

  /**
   * A client's error without the values.
   *
   * An error that may carry one is copied, never written to: its command may be the very one that is still to be sent, by this
   * node or by the others. The copy has the message, up to 2,000 characters of it, the name, the code and the cause. What cannot be
   * read is replaced.
   */
  errorOf(error: unknown): Error {
    return this.#safely(() => this.#copy(error, 0, false));
  }

  /** The same, though copied in any case: what it carries may be secret, and no value. */
  copyOf(error: unknown): Error {
    return this.#safely(() => this.#copy(error, 0, true));
  }

  #safely(copy: () => Error): Error {
    try {
      return copy();
    } catch {
      return new Error("an error that cannot be read");
    }
  }

  #copy(error: unknown, depth: number, always: boolean): Error {
    if (!always && error instanceof Error && this.#isClean(error, depth)) return error;
    const { name = "Error", code, cause } = (error ?? {}) as Error & { code?: unknown };
    const isLast = cause === undefined || depth > DEPTH;
    const copy = new Error(
      this.#mask(messageOf(error)),
      isLast ? {} : { cause: this.#copy(cause, depth + 1, always) },
    );
    return Object.assign(copy, {
      name: this.#mask(String(name)),
      code: typeof code === "string" ? this.#mask(code) : code,
    });
  }

  /** Whether something, and all that it leads to, can be seen to be without a value. */
  #isClean(found: unknown, depth: number): boolean {
    if (typeof found !== "object") {
      const text = String(found);
      return text.length <= SEARCHED && !QUOTED.test(text) && this.#findIn(text, 0) === undefined;
    }
    if (depth > DEPTH || !(found instanceof Error || Array.isArray(found))) return false;
    return Reflect.ownKeys(found).every((key) => this.#isClean(found[key as keyof typeof found], depth + 1));
  }

  /** The text, cut to what a log can use, without the values: without the whole of them, and what was left of one by a cut. */
  #mask(text: string): string {
    const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
    let safe = "";
    for (let at = 0; ; ) {
      const found = this.#findIn(cut, at);
      if (found === undefined) return safe + cut.slice(at);
      safe += cut.slice(at, found.at) + MASK;
      at = found.at + found.length;
    }
  }

  /** The first place behind `from` that gives a value away, and how much of the text does. */
  #findIn(text: string, from: number): { readonly at: number; readonly length: number } | undefined {
    for (let at = from; at < text.length; at++)
      for (const telling of this.#lengths) {
        const forms = this.#forms.get(text.slice(at, at + telling));
        if (forms) return { at, length: Math.max(...forms.map((form) => sharedBy(form, text, at))) };
      }
    return undefined;
  }
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

/** The message of anything that was thrown, without the arguments that a server quotes. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error).replace(QUOTED, "");
  } catch {
    return "no text";
  }
}

/** For how long the text goes on there as the form begins. */
function sharedBy(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form[length] === text[at + length]) length++;
  return length;
}

/** A name or a foreign text, fit for a message of one line. */
export function truncate(text: string): string {
  // Cut before it is written as JSON, which may be long: a message may be of any length.
  return JSON.stringify(text.slice(0, 201))
    .slice(1, -1)
    .replace(/^(.{200}).+/s, "$1...");
}
