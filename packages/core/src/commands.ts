import type { Command, Reply, SendOptions } from "./node.ts";
import type { Target } from "./nodes.ts";
import type { NodeAnswer } from "./quorum.ts";
import { type Operation, script } from "./script.ts";

/** A question about the value of a name, which is one of the target's, by the script's digest; with a token, also about its fence. */
export function byDigest(
  { names, fences, expiry, fenceRetention }: Target,
  of: number,
  value: string,
  operation: Operation,
  token?: number,
): Command {
  const name = names[of] as string;
  const fence = fences?.[of];
  if (fence === undefined || token === undefined)
    return ["EVALSHA", script.sha1, "1", name, value, operation, String(expiry)];
  const retention = String(fenceRetention);
  return [
    "EVALSHA",
    script.sha1,
    "2",
    name,
    fence,
    value,
    operation,
    String(expiry),
    String(token),
    retention,
  ];
}

/** The same with the script's text, for a server that does not have it, or that takes no digests. */
export function asText([, , ...args]: Command): Command {
  return ["EVAL", script.lua, ...args];
}

/** How a command is sent. The signal is made only for a client that looks at it: most cannot use one. */
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

/**
 * The meaning of the script's reply, which may be a token. Where Lua's numbers are floats a server may answer with the text of a
 * whole number. Throws a TypeError for a reply that the script does not give.
 */
export function meaningOf(reply: Reply): NodeAnswer {
  const number = numberOf(reply);
  if (number === 0) return "taken";
  if (number === -1) return "absent";
  if (Number.isSafeInteger(number) && number > 0) return "ok";
  throw new TypeError(`unknown reply of type ${typeof reply}`);
}

/** The number of a reply, and NaN where it is none. */
export function numberOf(reply: Reply): number {
  return typeof reply === "number" || (typeof reply === "string" && /^-?\d+$/.test(reply))
    ? Number(reply)
    : Number.NaN;
}
