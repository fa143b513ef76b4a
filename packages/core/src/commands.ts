import type { Command, Reply, SendOptions } from "./node.ts";
import type { Answer } from "./quorum.ts";
import { messageOf } from "./redact.ts";
import { type Operation, script } from "./script.ts";

/** The operation on one name, by the script's digest. */
export function byDigest(operation: Operation, name: string, value: string, expiry: number): Command {
  return ["EVALSHA", script.sha1, "1", name, value, operation, String(expiry)];
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

/** The meaning of the script's reply, or undefined where it is none that it gives. */
export function meaningOf(reply: Reply): Answer | undefined {
  if (reply === 1) return "granted";
  if (reply === 0) return "taken";
  return reply === -1 ? "absent" : undefined;
}

/** Whether an error is a server's own reply, which begins with a word in capitals: `OOM command not allowed ...`. */
export function isServerReply(error: unknown): boolean {
  return /^-?[A-Z][A-Z0-9]+ /.test(messageOf(error));
}

/** Whether a server says that it does not have the script. */
export function isUnknownScript(error: unknown): boolean {
  return messageOf(error).includes("NOSCRIPT");
}
