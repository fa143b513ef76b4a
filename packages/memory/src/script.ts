import { type Reply, script } from "@redsync/core";
import type { Keyspace } from "./keyspace.ts";
import { Queue, type QueueHost } from "./queue.ts";

const DONE = 1;
const TAKEN = 0;
const ABSENT = -1;
const WITHOUT_END = -1;
const FREE = -2;
const INSPECTED = 2;

const MICROSECONDS = 1_000;
const SECOND = 1_000_000;
const TEN_YEARS = 10 * 365 * 24 * 60 * 60 * SECOND;

/** Core's script as JavaScript: as many answers as questions. An error is a text in the place of its answer. */
function run(host: QueueHost, names: readonly string[], args: readonly string[]): readonly Reply[] {
  const answers: Reply[] = [];
  let nextName = 0;
  let nextArg = 0;
  const name = () => names[nextName++] as string;
  const arg = () => args[nextArg++] ?? "";
  while (nextName < names.length) {
    const about = name();
    let operation = arg();
    let fence: Fence | undefined;
    let queue: Queue | undefined;
    if (operation === "fence") {
      fence = { key: name(), token: Number(arg()), ttl: Number(arg()) };
      operation = arg();
    }
    if (operation === "queue") {
      queue = new Queue(host, name(), arg());
      operation = arg();
    }
    if (operation === "pass") {
      queue = new Queue(host, name(), "");
      operation = "release";
    }
    try {
      answers.push(
        ask(host.keys, { name: about, operation, value: arg(), expiry: Number(arg()), fence, queue }),
      );
    } catch (error) {
      answers.push((error as Error).message);
    }
  }
  return answers;
}

/** The fence of a name, and what a question has for it. */
interface Fence {
  readonly key: string;
  readonly token: number;
  readonly ttl: number;
}

/** What a command asks about one name. */
interface Question {
  readonly name: string;
  readonly operation: string;
  readonly value: string;
  readonly expiry: number;
  readonly fence: Fence | undefined;
  readonly queue: Queue | undefined;
}

function ask(keys: Keyspace, question: Question): Reply {
  const { name, expiry, queue } = question;
  const [held, isReleased] = queue ? serve(keys, question, queue) : [keys.get(name), false];
  if (question.operation === "inspect") return inspect(keys, question, held);
  const waiter = queue?.waiter;
  const answer = isReleased ? DONE : answerTo(keys, question, held);
  const isTaken = Array.isArray(answer);
  if (queue && waiter && (waiter.isLater || isTaken)) {
    const place = queue.enter(waiter, expiry);
    if (isTaken && place !== undefined) return [...answer, place];
  }
  return answer;
}

/** Lets the queue's first one have a name that is free, or that a release frees. Returns what the name has, and whether it was released. */
function serve(
  keys: Keyspace,
  { name, operation, value, expiry }: Question,
  queue: Queue,
): [string | undefined, boolean] {
  const held = keys.get(name);
  const takes = operation === "acquire" || operation === "repair";
  const releases = operation === "release" && held === value;
  if (takes && held !== undefined && held === queue.waiter?.id) {
    queue.remove(held);
    return [undefined, false];
  }
  if (releases || (takes && held === undefined)) {
    const following = queue.passOn(name, releases ? "releases" : "takes", value, expiry);
    return [following ?? held, releases && following !== undefined];
  }
  if (operation !== "release") return [held, false];
  queue.remove(value);
  return [held, queue.hasReleased(value)];
}

function inspect(keys: Keyspace, { name, value, fence, queue }: Question, held: string | undefined): Reply {
  const left = held === undefined ? FREE : remaining(keys, name);
  const token = fence ? keys.read(fence.key) : "";
  return [INSPECTED, left, who(held, value), queue?.length ?? 0, typeof token === "string" ? token : ""];
}

/** Whether a waiter has it, or a lock, and which owner its value tells. */
function who(held: string | undefined, value: string): string {
  if (held === undefined) return "";
  if (held !== value && held.startsWith("~")) return "~";
  return /^@[^/]*\//.exec(held.slice(0, 260))?.[0] ?? "";
}

function answerTo(
  keys: Keyspace,
  { name, operation, value, expiry, fence }: Question,
  held: string | undefined,
): Reply {
  const takes = operation === "acquire" || operation === "repair";
  const isReserved = held !== value && held?.startsWith("~") === true;
  if ((held === undefined || isReserved) && !takes) return ABSENT;
  if (held !== undefined && held !== value) {
    const time = Math.floor(keys.time() * MICROSECONDS);
    return [TAKEN, remaining(keys, name), time, who(held, value)];
  }
  const stored = fence === undefined ? DONE : store(keys, operation, fence);
  if (takes) keys.set(name, value, expiry);
  else if (operation === "extend" || operation === "adopt") keys.expire(name, expiry);
  else if (operation === "release") keys.delete(name);
  return operation === "acquire" ? stored : DONE;
}

function remaining(keys: Keyspace, name: string): number {
  const left = keys.ttl(name) as number;
  return Number.isFinite(left) ? Math.ceil(left) : WITHOUT_END;
}

/** Moves a fence on, and returns what it is then. */
function store(keys: Keyspace, operation: string, { key, token, ttl }: Fence): number {
  const text = keys.get(key);
  // Of no text JavaScript makes 0, and Lua none.
  const stored = text?.trim() === "" ? Number.NaN : Number(text ?? 0);
  if (!(stored < Number.MAX_SAFE_INTEGER)) throw new Error("ERR the fence is no number below 2^53-1");
  let next = Math.max(token, stored);
  if (operation === "acquire") {
    const now = Math.floor(keys.time() * MICROSECONDS);
    if (stored > Math.max(token, now) + TEN_YEARS)
      throw new Error("ERR the fence is more than ten years ahead of the clock");
    next = Math.floor(Math.max(Math.min(token, now + SECOND), now - SECOND, stored + 1));
  } else if (operation === "adopt" && text !== undefined && stored !== token) {
    throw new Error("ERR the fence has another token");
  }
  keys.set(key, String(next), ttl);
  return next;
}

/** What a server knows of scripts: core's, by its digest, once it was sent as text or loaded. */
export class ScriptCache {
  #isLoaded = false;

  /** Takes the text in, as SCRIPT LOAD and EVAL do, and returns its digest. */
  load(lua: string): string {
    if (lua !== script.lua)
      throw new Error("ERR @redsync/memory runs no Lua, only the script of @redsync/core");
    this.#isLoaded = true;
    return script.sha1;
  }

  run(sha1: string, host: QueueHost, [count, ...args]: readonly string[]): Reply {
    if (sha1.toLowerCase() !== script.sha1 || !this.#isLoaded)
      throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    return run(host, args.slice(0, Number(count)), args.slice(Number(count)));
  }

  flush(): "OK" {
    this.#isLoaded = false;
    return "OK";
  }
}
