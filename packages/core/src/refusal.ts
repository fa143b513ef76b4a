import { messageOf } from "./redact.ts";

/**
 * What a client may say of an error that `send` rejects with, beside its message:
 *
 * - `notSent`: the client refused the command itself, and can prove that it was never written and never will be.
 * - `closed`: the client was closed by its user, so that no command will be sent any more.
 * - `digest`: a framework's own error, which it needs to get back (Next.js throws one from `fetch` to end a static rendering).
 */
interface Marks {
  readonly notSent?: unknown;
  readonly closed?: unknown;
  readonly digest?: unknown;
}

/** How a node, or the client in front of it, failed a command. */
export interface Refusal {
  /** Whether it is sure that the command was not run and will not be: by the server's own reply, or by the client's proof. */
  readonly isRefused: boolean;
  /** Whether it is sure that the command never left the client. */
  readonly isNotSent: boolean;
  /** Whether the same command would be refused again, however often it is sent: somebody has to fix something first. */
  readonly isPermanent: boolean;
}

/** A server's own reply begins with a word in capitals; some clients leave RESP's "-" before it. */
const REPLY = /^-?[A-Z][A-Z0-9]+ /;

// If a script calls what its user may not, servers say so in two ways, by version. The fence's errors are those of core's own script.
const PERMANENT =
  /^-?(?:NOPERM|NOAUTH|WRONGPASS|WRONGTYPE|CROSSSLOT|ERR (?:unknown (?:redis )?command|ACL failure in|The user executing the script can't|the fence))/i;

const ABOUT_ONE = /^-?(?:NOPERM|CROSSSLOT|MOVED|ASK)\b|request size|too (?:large|big)/i;

const UNKNOWN_COMMAND = /^-?(?:NOPERM|ERR unknown command)/i;

/** Reads an error as the client gave it. */
export function refusalOf(error: unknown): Refusal {
  const message = messageOf(error);
  const { notSent, closed } = marksOf(error);
  const isNotSent = notSent === true || closed === true;
  return {
    isRefused: isNotSent || REPLY.test(message),
    isNotSent,
    isPermanent: closed === true || PERMANENT.test(message),
  };
}

/** Whether a command's own error says that the server does not have the script: the word anywhere else may be a name. */
export function isNoScript(message: string): boolean {
  return /^-?NOSCRIPT\b/.test(message);
}

/** Whether a refusal of a command with several questions may be about one of its keys, or about its size. */
export function isAboutOneQuestion(message: string): boolean {
  return ABOUT_ONE.test(message) || isTryAgain(message);
}

/** Whether a refusal is about the keys of a command: one of them is forbidden, or they are not on one server. */
export function isAboutKeys(message: string): boolean {
  // ioredis itself says the latter of a Cluster's pipeline: a `keyPrefix` may part a name and its queue.
  return (
    /^-?(?:NOPERM\b.*\baccess\b|CROSSSLOT\b)|belong to the same slot/.test(message) || isTryAgain(message)
  );
}

/** Whether an error says that the keys of a command are not in one slot. */
export function isCrossSlot(message: string): boolean {
  return /^-?CROSSSLOT\b/.test(message);
}

/** Whether an error says that this very command is forbidden, or unknown: another one may do the same. */
export function isForbidden(message: string): boolean {
  return UNKNOWN_COMMAND.test(message);
}

/** Whether an error says that the keys of the command are not all on one server of a Cluster for now. */
export function isTryAgain(message: string): boolean {
  // ioredis goes to and fro between the two servers, and gives up with what the last one of them said.
  return message.includes("TRYAGAIN") || message.includes("Too many Cluster redirections");
}

/** Whether an error is a framework's own, which has to reach it as it is. */
export function isForFramework(error: unknown): boolean {
  return typeof marksOf(error).digest === "string";
}

function marksOf(error: unknown): Marks {
  try {
    const { notSent, closed, digest } = (error ?? {}) as Marks;
    return { notSent, closed, digest };
  } catch {
    // An error that does not let itself be read has none.
    return {};
  }
}
