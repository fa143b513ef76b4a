import type { Reply } from "@redsync/core";
import { type Keyspace, WRONGTYPE } from "./keyspace.ts";
import { inOrder } from "./queue.ts";
import type { ScriptCache } from "./script.ts";

/** One server's state. */
export interface Server {
  readonly keys: Keyspace;
  readonly scripts: ScriptCache;
  publish(channel: string, message: string): number;
}

interface Command {
  /** How few arguments it takes, and how many. */
  readonly arity: readonly [least: number, most: number];
  execute(server: Server, args: readonly string[]): Reply;
}

const ANY = Number.POSITIVE_INFINITY;

const command = (least: number, most: number, execute: Command["execute"]): Command => ({
  arity: [least, most],
  execute,
});

/** What core sends, and the handful that a test wants beside it to play another holder. */
const commands: Readonly<Record<string, Command>> = {
  PING: command(0, 1, (_, [message]) => message ?? "PONG"),
  GET: command(1, 1, ({ keys }, [key = ""]) => keys.get(key) ?? null),
  SET: command(2, ANY, ({ keys }, [key = "", value = "", ...options]) => set(keys, key, value, options)),
  DEL: command(1, ANY, ({ keys }, names) => names.filter((key) => keys.delete(key)).length),
  EXISTS: command(1, ANY, ({ keys }, names) => names.filter((key) => keys.read(key) !== undefined).length),
  PEXPIRE: command(2, 2, ({ keys }, [key = "", ttl]) => (keys.expire(key, integer(ttl)) ? 1 : 0)),
  PTTL: command(1, 1, ({ keys }, [key = ""]) => pttl(keys.ttl(key))),
  RPUSH: command(2, ANY, ({ keys }, [key = "", ...items]) => push(keys, key, items)),
  ZRANGE: command(3, 3, ({ keys }, [key = "", start, stop]) =>
    range(keys, key, integer(start), integer(stop)),
  ),
  DBSIZE: command(0, 0, ({ keys }) => keys.size),
  FLUSHALL: command(0, 0, ({ keys }) => keys.clear()),
  PUBLISH: command(2, 2, (server, [channel = "", message = ""]) => server.publish(channel, message)),
  EVAL: command(2, ANY, (server, [lua = "", ...args]) =>
    server.scripts.run(server.scripts.load(lua), server, args),
  ),
  EVALSHA: command(2, ANY, (server, [sha1 = "", ...args]) => server.scripts.run(sha1, server, args)),
  SCRIPT: command(1, 2, ({ scripts }, [subcommand = "", lua = ""]) => script(scripts, subcommand, lua)),
};

/** Runs a command, or throws what a server would answer. */
export function execute(server: Server, name: string, args: readonly string[]): Reply {
  const found = commands[name.toUpperCase()];
  if (found === undefined) throw new Error(`ERR unknown command '${name}'`);
  const [least, most] = found.arity;
  if (args.length < least || args.length > most) {
    throw new Error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  }
  return found.execute(server, args);
}

function set(keys: Keyspace, key: string, value: string, options: readonly string[]): Reply {
  let isNew = false;
  let ttl: number | undefined;
  for (let at = 0; at < options.length; at++) {
    const option = options[at]?.toUpperCase();
    if (option === "NX") isNew = true;
    else if (option === "PX" && at + 1 < options.length) ttl = integer(options[++at]);
    else throw new Error("ERR syntax error");
  }
  if (ttl !== undefined && ttl <= 0) throw new Error("ERR invalid expire time in 'set' command");
  if (isNew && keys.read(key) !== undefined) return null;
  keys.set(key, value, ttl);
  return "OK";
}

function push(keys: Keyspace, key: string, items: readonly string[]): number {
  const list = keys.read(key) ?? [];
  if (!Array.isArray(list)) throw new Error(WRONGTYPE);
  const grown = [...list, ...items];
  keys.set(key, grown, keys.ttl(key));
  return grown.length;
}

function range(keys: Keyspace, key: string, start: number, stop: number): string[] {
  const members = keys.read(key) ?? new Map<string, number>();
  if (!(members instanceof Map)) throw new Error(WRONGTYPE);
  return inOrder(members).slice(start, stop === -1 ? undefined : stop + 1);
}

function script(scripts: ScriptCache, subcommand: string, lua: string): Reply {
  if (subcommand.toUpperCase() === "LOAD") return scripts.load(lua);
  if (subcommand.toUpperCase() !== "FLUSH") throw new Error(`ERR unknown subcommand '${subcommand}'`);
  return scripts.flush();
}

function pttl(ttl: number | undefined): number {
  if (ttl === undefined) return -2;
  return Number.isFinite(ttl) ? Math.ceil(ttl) : -1;
}

function integer(text: string | undefined): number {
  if (text !== undefined && /^-?\d+$/.test(text)) return Number(text);
  throw new Error("ERR value is not an integer or out of range");
}
