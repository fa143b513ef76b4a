/** A Lua script with its SHA-1 digest, by which servers that have it cached run it. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

// All of them take the name as KEYS[1] and the value as ARGV[1] (and the expiry in milliseconds as ARGV[2]), and answer
// 1: granted, 0: somebody else's value sits there, -1: nobody's does.
// The digests are held to SCRIPT LOAD's own by "digests equal SCRIPT LOAD's reply".

/** Grants the name if nobody holds it, and again to the value that has it already: clients resend commands whose
 * reply was lost, and a resent acquire must not read its own success as somebody else's lock. */
const acquire: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
if held and held ~= ARGV[1] then
  return 0
end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1
`,
  sha1: "812a9013289a1a31c532ab0ea050d554ba692633",
};

/** Sets the full expiry again, only where our value sits. */
const extend: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
if held == ARGV[1] then
  redis.call("PEXPIRE", KEYS[1], ARGV[2])
  return 1
end
return held and 0 or -1
`,
  sha1: "29600eb72617bffc2d5d21e98b797b3770e9697a",
};

/** Deletes the name, only where our value sits. */
const release: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
if held == ARGV[1] then
  redis.call("DEL", KEYS[1])
  return 1
end
return held and 0 or -1
`,
  sha1: "c71344a50e1569f3b7d178cc875ade430d3537ca",
};

/** Asks whether our value sits there. A script, because clients may send a plain GET to a replica that lags behind. */
const verify: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
if held == ARGV[1] then
  return 1
end
return held and 0 or -1
`,
  sha1: "51569638d1ce75a1f2bf501f83533473e5c2978e",
};

/** Every script that core sends, for those who write a node that plays Redis itself (as `@redsync/memory` does). */
export const scripts: Readonly<Record<"acquire" | "extend" | "release" | "verify", Script>> = {
  acquire,
  extend,
  release,
  verify,
};
