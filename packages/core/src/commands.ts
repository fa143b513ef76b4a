import type { Command, Reply } from "./node.ts";
import type { Operation } from "./operation.ts";
import { shownOwner } from "./owner.ts";
import { script } from "./script.ts";
import type { NodeAnswer } from "./votes.ts";

/** What core's script is asked about one name and one value. */
export interface ScriptQuestion {
  readonly name: string;
  readonly value: string;
  readonly operation: Operation;
  /** Milliseconds, as a text. */
  readonly expiry: string;
  /** With a token: the key of the name's fence, and how long the fence stays. */
  readonly fence: string | undefined;
  readonly token: number | undefined;
  readonly retention: string;
  /** If the name may be waited for: the key of its queue, and the entry of a waiter, or nothing. */
  readonly queue: string | undefined;
  readonly entry: string;
}

/** One command for all these questions, by the script's digest. */
export function evalsha(questions: readonly ScriptQuestion[]): Command {
  const [only] = questions;
  if (questions.length === 1 && only && only.fence === undefined) {
    const { name, queue, entry, operation, value, expiry } = only;
    if (queue === undefined) return ["EVALSHA", script.sha1, "1", name, operation, value, expiry];
    if (isPass(only)) return ["EVALSHA", script.sha1, "2", name, queue, "pass", value, expiry];
    return ["EVALSHA", script.sha1, "2", name, queue, "queue", entry, operation, value, expiry];
  }
  const command: [string, ...string[]] = ["EVALSHA", script.sha1, ""];
  for (const { name, fence, queue } of questions) {
    command.push(name);
    if (fence !== undefined) command.push(fence);
    if (queue !== undefined) command.push(queue);
  }
  command[2] = String(command.length - 3);
  for (const question of questions) {
    const { fence, token, retention, queue, entry, operation, value, expiry } = question;
    if (fence !== undefined) command.push("fence", String(token), retention);
    if (isPass(question)) command.push("pass", value, expiry);
    else if (queue === undefined) command.push(operation, value, expiry);
    else command.push("queue", entry, operation, value, expiry);
  }
  return command;
}

/** Whether it is a release that passes the name on to whoever waits, and enters nobody. */
function isPass({ operation, queue, entry }: ScriptQuestion): boolean {
  return operation === "release" && queue !== undefined && entry === "";
}

/** The same with the script's text, for a server that does not have it, or that takes no digests. */
export function evalText(questions: readonly ScriptQuestion[]): Command {
  const [, , ...args] = evalsha(questions);
  return ["EVAL", script.lua, ...args];
}

const REMAINING_UNKNOWN = -2;

/** What a node said to one question. */
export interface Answer {
  readonly status: NodeAnswer;
  /** Of "ok": the token that an acquire with fencing stored. Of "taken": how many milliseconds are left, Infinity or NaN. */
  readonly detail: number;
  /** Of "taken", if the node tells. */
  readonly taken?: Taken | undefined;
  /** Of an inspection. */
  readonly shown?: Shown | undefined;
}

/** What an inspection finds. */
export interface Shown {
  /** For how many milliseconds the name is taken, Infinity or NaN; undefined if it is free. */
  readonly remaining: number | undefined;
  readonly who: Who;
  /** How many wait in the name's queue. */
  readonly waiters: number;
  /** What the fence has, if there is one. */
  readonly token: number | undefined;
}

/** Who has a name: the owner that a lock's value tells, one for whom the name is reserved, or somebody whose value tells nothing. */
type Who = { readonly owner: string } | "reserved" | "foreign";

/** What a node tells of a name that is taken. */
interface Taken {
  /** The node's clock, in microseconds. */
  readonly time: number;
  readonly who: Who;
  /** How many waiters stand before ours; undefined if it is not in the queue. */
  readonly place: number | undefined;
}

const ABSENT: Answer = { status: "absent", detail: Number.NaN };
const DONE: Answer = { status: "ok", detail: 1 };

/**
 * The replies to so many questions. Throws a TypeError for what the script does not answer: a reply that was cut short says nothing
 * about any question.
 */
export function parseReply(reply: Reply, questions: number): readonly (Answer | Error)[] {
  if (Array.isArray(reply) && reply.length === questions)
    return questions === 1 ? [parseAnswer(reply[0] as Reply)] : reply.map(parseAnswer);
  const found = Array.isArray(reply) ? `of ${reply.length} answers to ${questions} questions` : typeof reply;
  throw new TypeError(`unknown reply: ${found}`);
}

/** A text that is no number is the error of this question alone. If Lua's numbers are floats, a server may answer with texts. */
function parseAnswer(answer: Reply): Answer | Error {
  if (answer === 1) return DONE;
  if (Array.isArray(answer)) {
    const [taken, left, time, who, place] = answer as readonly Reply[];
    if (numberOf(taken) === 0 && left !== undefined)
      return {
        status: "taken",
        detail: remaining(numberOf(left)),
        taken: { time: numberOf(time), who: whoOf(who), place: placeOf(place) },
      };
    if (numberOf(taken) === 2) return { status: "ok", detail: 1, shown: shownOf(answer) };
  }
  const number = numberOf(answer);
  if (number === -1) return ABSENT;
  if (Number.isSafeInteger(number) && number > 0) return { status: "ok", detail: number };
  if (typeof answer === "string" && Number.isNaN(number)) return new Error(asOfRedis7(answer));
  throw new TypeError(`unknown answer of type ${typeof answer}`);
}

/** Before version 7 a server puts the place in the script before an error of its own, and leaves the code out of some. */
function asOfRedis7(error: string): string {
  const [place = ""] = /^@user_script: ?\d+: -?/.exec(error) ?? [];
  const own = error.slice(place.length);
  return place === "" || /^[A-Z]{2}/.test(own) ? own : `ERR ${own}`;
}

function whoOf(who: Reply | undefined): Who {
  if (who === "~") return "reserved";
  return typeof who === "string" && who.startsWith("@") ? { owner: shownOwner(who.slice(1, -1)) } : "foreign";
}

function shownOf([, left = null, who, waiters = null, fence = null]: readonly Reply[]): Shown {
  const ms = numberOf(left);
  const token = numberOf(fence);
  return {
    remaining: ms === -2 ? undefined : remaining(ms),
    who: whoOf(who),
    waiters: numberOf(waiters),
    token: Number.isNaN(token) ? undefined : token,
  };
}

function placeOf(place: Reply | undefined): number | undefined {
  const number = numberOf(place);
  return Number.isNaN(number) ? undefined : number;
}

function remaining(left: number): number {
  if (left === -1) return Infinity;
  return left === REMAINING_UNKNOWN ? Number.NaN : left;
}

function numberOf(reply: Reply | undefined): number {
  return typeof reply === "number" || (typeof reply === "string" && /^-?\d+$/.test(reply))
    ? Number(reply)
    : Number.NaN;
}
