import type { Command, RedisNode, Reply, SendOptions } from "./node.ts";
import type { Answer } from "./quorum.ts";
import { messageOf } from "./redact.ts";
import type { Script } from "./scripts.ts";

/** A script with its arguments, ready to be sent to any number of nodes. */
export interface Evaluation {
  readonly byDigest: Command;
  readonly byText: Command;
}

/** The evaluation of `script` on the one key `name`. Scripts that need no expiry do not look at it. */
export function evaluation(script: Script, name: string, value: string, expiry: number): Evaluation {
  const ms = String(expiry);
  return {
    byDigest: ["EVALSHA", script.sha1, "1", name, value, ms],
    byText: ["EVAL", script.lua, "1", name, value, ms],
  };
}

/** What is told of a script that was sent to a node. */
export interface Recipient {
  /** Asked before a script that the server does not have is sent as text: is the answer still wanted? */
  wants(): boolean;
  answered(reply: Reply): void;
  failed(error: unknown): void;
}

/** Runs the script by its digest and, where the server does not have it, by its text. */
export function send(
  node: RedisNode,
  { byDigest, byText }: Evaluation,
  options: SendOptions,
  to: Recipient,
): void {
  deliver(node, byDigest, options, to, (error) => {
    if (hasWord(error, "NOSCRIPT") && to.wants()) {
      deliver(node, byText, options, to, (second) => to.failed(second));
    } else {
      to.failed(error);
    }
  });
}

function deliver(
  node: RedisNode,
  command: Command,
  options: SendOptions,
  to: Recipient,
  onError: (error: unknown) => void,
): void {
  try {
    // A promise of ours around whatever the node returns: a thenable may call back twice.
    Promise.resolve(node.send(command, options)).then((reply) => to.answered(reply), onError);
  } catch (error) {
    // A node that throws instead of rejecting.
    onError(error);
  }
}

/** The meaning of a script's reply, or undefined where it is none that our scripts give. */
export function meaningOf(reply: Reply): Answer | undefined {
  if (reply === 1) return "granted";
  if (reply === 0) return "taken";
  if (reply === -1) return "absent";
  return undefined;
}

/** Whether an error is a server's own reply, which begins with a word in capitals: `OOM command not allowed ...`. */
export function isServerReply(error: unknown): boolean {
  return /^-?[A-Z][A-Z0-9]+ /.test(messageOf(error));
}

function hasWord(error: unknown, word: string): boolean {
  return messageOf(error).includes(word);
}
