import { script } from "@redsync/core";
import type { Keyspace } from "./keyspace.ts";

const DONE = 1;
const TAKEN = 0;
const ABSENT = -1;

const MICROSECONDS = 1_000;
const SECOND = 1_000_000;
const TEN_YEARS = 10 * 365 * 24 * 60 * 60 * SECOND;

/** Core's script as JavaScript. */
function run(keys: Keyspace, names: readonly string[], args: readonly string[]): number {
  const [name = "", fence] = names;
  const [value = "", operation, expiry, token, retention] = args;
  const held = keys.get(name);
  const takes = operation === "acquire" || operation === "repair";
  if (held !== undefined && held !== value) return TAKEN;
  if (held === undefined && !takes) return ABSENT;
  const stored = fence === undefined ? DONE : store(keys, fence, operation, Number(token), Number(retention));
  if (takes) keys.set(name, value, Number(expiry));
  else if (operation === "extend" || operation === "adopt") keys.expire(name, Number(expiry));
  else if (operation === "release") keys.delete(name);
  return operation === "acquire" ? stored : DONE;
}

/** Moves a fence on, and returns what it is then. */
function store(
  keys: Keyspace,
  fence: string,
  operation: string | undefined,
  token: number,
  ttl: number,
): number {
  const text = keys.get(fence);
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
  keys.set(fence, String(next), ttl);
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

  run(sha1: string, keys: Keyspace, [count, ...args]: readonly string[]): number {
    if (sha1.toLowerCase() !== script.sha1 || !this.#isLoaded)
      throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    return run(keys, args.slice(0, Number(count)), args.slice(Number(count)));
  }

  flush(): "OK" {
    this.#isLoaded = false;
    return "OK";
  }
}
