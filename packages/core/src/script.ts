/**
 * What is asked of a node for a name and a value. A repair gives a held lock back to a node that lost it: an acquire that keeps
 * the lock's token. An adoption is an extension of a lock whose token somebody else told.
 */
export type Operation = "acquire" | "repair" | "extend" | "adopt" | "release" | "verify";

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
 * With fencing KEYS[2] is the fence, and ARGV goes on with a token and the fence's own expiry in milliseconds. An acquire answers
 * the token that it stored instead of 1: the one given, kept to within a second of the node's clock, but more than what was stored.
 * A repair or an extension stores the token of its lock, unless the fence is further. An adoption is refused if the fence has another
 * token. All of it before the first write to the name, so that a fence that cannot be used refuses the lock. The number itself is
 * handed to SET: made a text by Lua, it would be rounded to 14 digits. Numbers are whole ones in Lua 5.4 too, which tells integers
 * from floats: hence math.floor (held by "tokens are whole numbers in Lua 5.4").
 *
 * A fence that is ten years ahead of both the node's clock and the caller's was not made by a lock. Were it accepted, the other
 * nodes would be raised to it, and soon nobody could count further.
 *
 * An acquire is granted again to the value that has the name already: clients resend commands whose reply was lost, and a
 * resent acquire must not read its own success as somebody else's lock. It verifies by a script too, because clients may
 * send a plain GET to a replica that lags behind. One script for all, so that a server has all of it cached or nothing.
 *
 * A verification writes what is there already: a primary that was demoted still has a copy of the lock, and must not confirm it. The
 * name may stay longer for it by what passes between the two calls, never shorter.
 *
 * What is there already is kept by PEXPIRE: a server whose memory is full refuses SET, and a lock that is held must not be
 * lost to that.
 *
 * The digest is held to SCRIPT LOAD's own by "the script's digest equals SCRIPT LOAD's reply".
 */
export const script: Script = {
  lua: `
local held = redis.call("GET", KEYS[1])
local operation = ARGV[2]
local takes = operation == "acquire" or operation == "repair"
if held and held ~= ARGV[1] then
  return 0
end
if not held and not takes then
  return -1
end
local answer = 1
if KEYS[2] then
  local token = tonumber(ARGV[4])
  local fence = redis.call("GET", KEYS[2])
  local stored = tonumber(fence or 0)
  if not (stored and stored < 2^53 - 1) then
    return redis.error_reply("ERR the fence is no number below 2^53-1")
  end
  if operation == "acquire" then
    local time = redis.call("TIME")
    local now = time[1] * 1000000 + time[2]
    if stored > math.max(token, now) + 315360000000000 then
      return redis.error_reply("ERR the fence is more than ten years ahead of the clock")
    end
    token = math.floor(math.max(math.min(token, now + 1000000), now - 1000000, stored + 1))
    answer = token
  elseif operation == "adopt" and fence and stored ~= token then
    return redis.error_reply("ERR the fence has another token")
  end
  if token > stored then
    redis.call("SET", KEYS[2], token, "PX", ARGV[5])
  else
    redis.call("PEXPIRE", KEYS[2], ARGV[5])
  end
end
if takes then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[3])
elseif operation == "extend" or operation == "adopt" then
  redis.call("PEXPIRE", KEYS[1], ARGV[3])
elseif operation == "release" then
  redis.call("DEL", KEYS[1])
elseif operation == "verify" then
  local ttl = redis.call("PTTL", KEYS[1])
  if ttl < 0 then
    redis.call("SET", KEYS[1], ARGV[1])
  else
    redis.call("PEXPIRE", KEYS[1], math.max(ttl, 1))
  end
end
return answer
`,
  sha1: "2b5cab132cc802287022cb4dda61fc8d50317eb8",
};
