/** What is asked of a node for a name and a value. */
export type Operation = "acquire" | "extend" | "release" | "verify";

/** A Lua script with its SHA-1 digest, by which servers that have it cached run it. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

/**
 * The one script that core sends, for those who write a node that plays Redis itself (as `@redsync/memory` does).
 *
 * KEYS[1] is the name. ARGV: the value, the operation, the expiry in milliseconds. It answers 1: done, our value sits there
 * (or did, until this release); 0: somebody else's value does; -1: nobody's does.
 *
 * An acquire is granted again to the value that has the name already: clients resend commands whose reply was lost, and a
 * resent acquire must not read its own success as somebody else's lock. It verifies by a script too, because clients may
 * send a plain GET to a replica that lags behind. One script for all, so that a server has all of it cached or nothing.
 *
 * The digest is held to SCRIPT LOAD's own by "the script's digest equals SCRIPT LOAD's reply".
 */
export const script: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
local operation = ARGV[2]
if held and held ~= ARGV[1] then
  return 0
end
if operation == "acquire" then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[3])
elseif not held then
  return -1
elseif operation == "extend" then
  redis.call("PEXPIRE", KEYS[1], ARGV[3])
elseif operation == "release" then
  redis.call("DEL", KEYS[1])
end
return 1
`,
  sha1: "0de71ebd5d5fb530b4be02e56aefddc6ee883683",
};
