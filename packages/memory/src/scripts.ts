import { type Script, scripts } from "@redsync/core";
import type { Keyspace } from "./keyspace.ts";

type Run = (keys: Keyspace, name: string, value: string, expiry: string) => number;

const GRANTED = 1;
const TAKEN = 0;
const ABSENT = -1;

/** Does `then` where our value sits, and says what does where it does not. */
function whereOurs(then: (keys: Keyspace, name: string, expiry: number) => void): Run {
  return (keys, name, value, expiry) => {
    const held = keys.get(name);
    if (held === undefined) return ABSENT;
    if (held !== value) return TAKEN;
    then(keys, name, Number(expiry));
    return GRANTED;
  };
}

const runs: Record<keyof typeof scripts, Run> = {
  acquire(keys, name, value, expiry) {
    const held = keys.get(name);
    if (held !== undefined && held !== value) return TAKEN;
    keys.set(name, value, Number(expiry));
    return GRANTED;
  },
  extend: whereOurs((keys, name, expiry) => keys.expire(name, expiry)),
  release: whereOurs((keys, name) => keys.delete(name)),
  verify: whereOurs(() => {}),
};

/** Core's scripts as JavaScript, cached by digest as a server does: known only once they were sent as text or loaded. */
export class ScriptCache {
  readonly #known = new Set<Script>();

  /** Takes the text in, as SCRIPT LOAD and EVAL do, and returns its digest. */
  load(lua: string): string {
    const script = Object.values(scripts).find((each) => each.lua === lua);
    if (script === undefined)
      throw new Error("ERR @redsync/memory runs no Lua, only the scripts of @redsync/core");
    this.#known.add(script);
    return script.sha1;
  }

  run(sha1: string, keys: Keyspace, [, name = "", value = "", expiry = ""]: readonly string[]): number {
    for (const [operation, script] of Object.entries(scripts)) {
      if (script.sha1 === sha1.toLowerCase() && this.#known.has(script)) {
        return runs[operation as keyof typeof scripts](keys, name, value, expiry);
      }
    }
    throw new Error("NOSCRIPT No matching script. Please use EVAL.");
  }

  flush(): "OK" {
    this.#known.clear();
    return "OK";
  }
}
