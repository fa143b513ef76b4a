import type { Reply } from "@redsync/core";
import { type Keyspace, WRONGTYPE } from "./keyspace.ts";
import type { ScriptCache } from "./scripts.ts";

/** One server's state. */
export interface Server {
  readonly keys: Keyspace;
  readonly scripts: ScriptCache;
  publish(channel: string, message: string): number;
}

type Execute = (server: Server, args: readonly string[]) => Reply;

/** What core sends, and the handful that a test wants beside it to play another holder. */
export const commands: Readonly<Record<string, Execute>> = {
  PING: (_, [message]) => message ?? "PONG",
  GET: ({ keys }, [key = ""]) => keys.get(key) ?? null,
  SET: ({ keys }, [key = "", value = "", ...options]) => set(keys, key, value, options),
  DEL: ({ keys }, names) => names.filter((key) => keys.delete(key)).length,
  EXISTS: ({ keys }, names) => names.filter((key) => keys.read(key) !== undefined).length,
  PEXPIRE: ({ keys }, [key = "", ttl]) => (keys.expire(key, integer(ttl)) ? 1 : 0),
  PTTL: ({ keys }, [key = ""]) => pttl(keys.ttl(key)),
  DBSIZE: ({ keys }) => keys.size,
  FLUSHALL({ keys }) {
    keys.clear();
    return "OK";
  },
  RPUSH({ keys }, [key = "", ...items]) {
    const list = keys.read(key) ?? [];
    if (typeof list === "string") throw new Error(WRONGTYPE);
    const grown = [...list, ...items];
    keys.set(key, grown);
    return grown.length;
  },
  PUBLISH: (server, [channel = "", message = ""]) => server.publish(channel, message),
  EVAL: ({ scripts, keys }, [lua = "", ...args]) => scripts.run(scripts.load(lua), keys, args),
  EVALSHA: ({ scripts, keys }, [sha1 = "", ...args]) => scripts.run(sha1, keys, args),
  SCRIPT({ scripts }, [subcommand = "", lua = ""]) {
    if (subcommand.toUpperCase() === "LOAD") return scripts.load(lua);
    if (subcommand.toUpperCase() !== "FLUSH") throw new Error(`ERR unknown subcommand '${subcommand}'`);
    scripts.flush();
    return "OK";
  },
};

function set(keys: Keyspace, key: string, value: string, options: readonly string[]): Reply {
  const words = options.map((option) => option.toUpperCase());
  const px = words.indexOf("PX");
  const isRefused = words.includes("NX") && keys.read(key) !== undefined;
  if (isRefused) return null;
  if (px === -1) keys.set(key, value);
  else keys.set(key, value, integer(options[px + 1]));
  return "OK";
}

function pttl(ttl: number | undefined): number {
  if (ttl === undefined) return -2;
  return Number.isFinite(ttl) ? Math.ceil(ttl) : -1;
}

function integer(text: string | undefined): number {
  if (text !== undefined && /^-?\d+$/.test(text)) return Number(text);
  throw new Error("ERR value is not an integer or out of range");
}
