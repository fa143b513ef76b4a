import type { Redis } from "ioredis";

const LUA = `if redis.call("GET", KEYS[1]) == ARGV[1] then
  return redis.call("DEL", KEYS[1])
end
return 0`;

/** The script of Redis' own documentation, by which a lock is given back by its holder alone. Returns its digest. */
export async function loadCompareAndDelete(clients: readonly Redis[]): Promise<string> {
  const digests = await Promise.all(clients.map((client) => client.script("LOAD", LUA)));
  return String(digests[0]);
}
