import type { Command, Reply, SendOptions } from "./node.ts";
import type { Answer } from "./quorum.ts";
import { messageOf } from "./redact.ts";
import type { Question } from "./round.ts";
import { script } from "./script.ts";

/** The question about the name at this place, by the script's digest. */
export function byDigest({ operation, target, value, token }: Question, at: number): Command {
  const { names, fences, settings } = target;
  const name = names[at] as string;
  const fence = fences?.[at];
  const expiry = String(settings.expiry);
  if (fence === undefined || token === undefined)
    return ["EVALSHA", script.sha1, "1", name, value, operation, expiry];
  const retention = String(settings.fenceRetention);
  return ["EVALSHA", script.sha1, "2", name, fence, value, operation, expiry, String(token), retention];
}

/** The same with the script's text, for a server that does not have it. */
export function byText([, , ...args]: Command): Command {
  return ["EVAL", script.lua, ...args];
}

/** How the commands of a round are sent. The signal is made only for a client that looks at it: most cannot use one. */
export class Delivery implements SendOptions {
  readonly key: string;
  #controller: AbortController | undefined;

  constructor(key: string) {
    this.key = key;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Tells the client that nobody waits any more. */
  abort(): void {
    this.#controller?.abort();
  }
}

/** The meaning of the script's reply, which may be a token, or undefined where it is none that it gives. */
export function meaningOf(reply: Reply): Answer | undefined {
  if (reply === 0) return "taken";
  if (reply === -1) return "absent";
  return Number.isSafeInteger(reply) && Number(reply) > 0 ? "granted" : undefined;
}

/** Whether an error is a server's own reply, which begins with a word in capitals: `OOM command not allowed ...`. */
export function isServerReply(error: unknown): boolean {
  return /^-?[A-Z][A-Z0-9]+ /.test(messageOf(error));
}

/** Whether a server says that it does not have the script. */
export function isUnknownScript(error: unknown): boolean {
  return messageOf(error).includes("NOSCRIPT");
}
