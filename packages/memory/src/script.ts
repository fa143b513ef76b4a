import { type Operation, script } from "@redsync/core";
import type { Keyspace } from "./keyspace.ts";

const DONE = 1;
const TAKEN = 0;
const ABSENT = -1;

/** Core's script as JavaScript. */
function run(keys: Keyspace, name: string, value: string, operation: Operation, expiry: number): number {
  const held = keys.get(name);
  if (held !== undefined && held !== value) return TAKEN;
  if (operation === "acquire") keys.set(name, value, expiry);
  else if (held === undefined) return ABSENT;
  else if (operation === "extend") keys.expire(name, expiry);
  else if (operation === "release") keys.delete(name);
  return DONE;
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

  run(sha1: string, keys: Keyspace, [, name = "", value = "", operation, expiry]: readonly string[]): number {
    if (sha1.toLowerCase() !== script.sha1 || !this.#isLoaded)
      throw new Error("NOSCRIPT No matching script. Please use EVAL.");
    return run(keys, name, value, operation as Operation, Number(expiry));
  }

  flush(): "OK" {
    this.#isLoaded = false;
    return "OK";
  }
}
