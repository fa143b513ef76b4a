/** A Lua script with its SHA-1 digest, by which servers that have it cached run it. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

/**
 * The one script that core sends. It is exported for those who write a node that plays Redis itself, as `@redsync/memory` does.
 *
 * One command asks any number of questions, each about one name and one value, and gets as many answers in the same order. For
 * each question KEYS has the name, and ARGV has the operation, the value and the expiry in milliseconds. With fencing, KEYS has the
 * fence behind the name, and ARGV has "fence", a token and the fence's own expiry in milliseconds before the operation. If the name may
 * be waited for, KEYS has its queue behind that, and ARGV has "queue" and an entry before the operation: see `queueKey`. "pass" is a
 * release with a queue and no entry: the most frequent question is the shortest.
 *
 * An inspection changes nothing, and answers 2, for how many milliseconds the name is taken (-2: it is free), who has it, how many wait
 * in its queue, and its fence. Else an answer is 1: done, our value sits there (or did, until this release); -1: nobody's value does; an
 * array that begins with 0: somebody else's value does. Behind the 0 it has the milliseconds that are left (-1: without an end; -2:
 * unknown), the node's clock in microseconds, who it is ("@owner/", "~" for a reservation, "" for a foreign value), and the waiter's
 * place in the queue if it is in it. With fencing an acquire answers the token that it stored instead of 1. An error is a text in the
 * place of its answer: an error inside an array is read differently by every client, and one question's error says nothing about the
 * others. Only of a server that has become a replica it is the whole reply: clients look for the primary when they read READONLY, and
 * do not read answers (held by "a client looks for the new primary"). Redis 6 puts the script's line before the word.
 *
 * The token stored by an acquire is the one given, kept to within a second of the node's clock, but more than what was stored. A
 * repair or an extension stores the token of its lock, unless the fence is further. An adoption is refused if the fence has
 * another token. All of it before the first write to the name, so that a fence that cannot be used refuses the lock. The number
 * itself is handed to SET and to the reply: made a text by Lua, it would be rounded to 14 digits. Numbers are whole ones in Lua 5.4
 * too, which tells integers from floats: hence math.floor (held by "tokens are whole numbers in Lua 5.4").
 *
 * A fence that is ten years ahead of both the node's clock and the caller's was not made by a lock. If it were accepted, the other
 * nodes would be raised to it, and soon nobody could count further.
 *
 * An acquire is granted again to the value that has the name already: clients resend commands whose reply was lost, and a
 * resent acquire must not read its own success as somebody else's lock. Core verifies by a script too, because clients may
 * send a plain GET to a replica that lags behind. One script for all, so that a server has all of it cached or nothing.
 *
 * A verification writes what is there already: a primary that was demoted still has a copy of the lock, and must not confirm it. The
 * name may stay longer for it by what passes between the two calls, never shorter.
 *
 * The answers are put into a list anew at the end: ioredis-mock cannot read one that has grown. What is there already is kept by
 * PEXPIRE: a server whose memory is full refuses SET, and a lock that is held must not be lost to that. Whoever is refused to take somebody
 * out of a queue, or to call them, looks no further: a script that tries for ever holds up the server (see `queue-refusals.test.ts`).
 *
 * The digest is held to SCRIPT LOAD's own by "the script's digest equals SCRIPT LOAD's reply".
 */
export const script: Script = {
  lua: `
local call, keys, args = redis.pcall, KEYS, ARGV
local answers, k, a = {}, 1, 1
while keys[k] do
  local name, fence, token, retention, queue, entry = keys[k], nil, nil, nil, nil, ""
  k = k + 1
  if args[a] == "fence" then
    fence, token, retention = keys[k], tonumber(args[a + 1]), args[a + 2]
    k, a = k + 1, a + 3
  end
  if args[a] == "queue" then
    queue, entry = keys[k], args[a + 1]
    k, a = k + 1, a + 2
  end
  local operation, value, expiry = args[a], args[a + 1], args[a + 2]
  a = a + 3
  if operation == "pass" then
    operation, queue, k = "release", keys[k], k + 1
  end
  local takes = operation == "acquire" or operation == "repair"
  local held = call("GET", name)
  local answer, failure = 1, nil
  local isReleased, isLater, id, score = false, false, nil, nil
  if queue and type(held) ~= "table" and (entry ~= "" or call("EXISTS", queue) == 1) then
    if entry ~= "" then
      local plus, waited
      plus, score, waited, id = string.match(entry, "^(%+?)(%d+) (%d+) (.+)$")
      local time = call("TIME")
      local since = time.err and tonumber(score) or time[1] * 1000000 + time[2] - waited
      score = math.floor(math.max(math.min(tonumber(score), since + 1000000), since - 1000000))
      isLater = plus == "+"
    end
    local releases = operation == "release" and held == value
    if takes and held and held == id then
      call("ZREM", queue, id)
      held = false
    elseif releases or takes and not held then
      local first = call("ZRANGE", queue, 0, 0)[1]
      if first and id and not isLater then
        call("ZADD", queue, "NX", score, id)
        first = call("ZRANGE", queue, 0, 0)[1]
      end
      local following, kind, channel, span
      while first and not following and string.sub(first, 1, 1) == "~" do
        if call("ZREM", queue, first) ~= 1 then break end
        kind, channel, span = string.match(first, "^~(%a)([^:]*):[^:]*:(%d+):")
        local reached = kind and 1 or 0
        if kind and kind ~= "p" and (first ~= id or isLater) then
          reached = call("PUBLISH", "redsync:" .. channel, first)
        end
        if type(reached) == "table" then break end
        if reached ~= 0 or kind == "u" then following = first else first = call("ZRANGE", queue, 0, 0)[1] end
      end
      if following and not (takes and following == id) and call("SET", name, following, "PX", span).ok then
        held, isReleased = following, releases
        if releases and string.sub(value, 1, 1) ~= "~" then
          call("ZREMRANGEBYSCORE", queue, 9007199254740991, "+inf")
          call("ZADD", queue, 9007199254740991, "=" .. value)
          if call("ZCARD", queue) == 1 then call("PEXPIRE", queue, expiry) end
        end
      end
    elseif operation == "release" then
      call("ZREM", queue, value)
      isReleased = type(call("ZSCORE", queue, "=" .. value)) == "string"
    end
  end
  local isReserved = held and held ~= value and type(held) == "string" and string.sub(held, 1, 1) == "~"
  if operation == "inspect" and type(held) ~= "table" then
    local text = fence and call("GET", fence)
    local left, waiters = call("PTTL", name), queue and call("ZCOUNT", queue, "-inf", "(9007199254740991")
    local who = held and (isReserved and "~" or string.match(string.sub(held, 1, 260), "^@[^/]*/")) or ""
    answer = { 2, left, who, type(waiters) == "number" and waiters or 0, type(text) == "string" and text or "" }
  elseif isReleased then
    answer = 1
  elseif (not held or isReserved) and not takes then
    answer = -1
  elseif held and held ~= value then
    if type(held) == "table" then
      failure = held.err
    else
      local left, time = call("PTTL", name), call("TIME")
      local who = isReserved and "~" or string.match(string.sub(held, 1, 260), "^@[^/]*/") or ""
      answer = { 0, type(left) == "number" and left or -2, time.err and 0 or time[1] * 1000000 + time[2], who }
    end
  else
    if fence then
      local text = call("GET", fence)
      local stored = type(text) ~= "table" and tonumber(text or 0)
      if type(text) == "table" then
        failure = text.err
      elseif not (stored and stored < 2^53 - 1) then
        failure = "ERR the fence is no number below 2^53-1"
      elseif operation == "acquire" then
        local time = call("TIME")
        local now = time.err and 0 or time[1] * 1000000 + time[2]
        if time.err then
          failure = time.err
        elseif stored > math.max(token, now) + 315360000000000 then
          failure = "ERR the fence is more than ten years ahead of the clock"
        else
          token = math.floor(math.max(math.min(token, now + 1000000), now - 1000000, stored + 1))
          answer = token
        end
      elseif operation == "adopt" and text and stored ~= token then
        failure = "ERR the fence has another token"
      end
      if not failure then
        local kept
        if token > stored then
          kept = call("SET", fence, token, "PX", retention)
        else
          kept = call("PEXPIRE", fence, retention)
        end
        failure = type(kept) == "table" and kept.err
      end
    end
    if not failure then
      local done
      if takes then
        done = call("SET", name, value, "PX", expiry)
      elseif operation == "release" then
        done = call("DEL", name)
      elseif operation == "verify" then
        done = call("PTTL", name)
        if type(done) == "number" and done < 0 then
          done = call("SET", name, value)
        elseif type(done) == "number" then
          done = call("PEXPIRE", name, math.max(done, 1))
        end
      else
        done = call("PEXPIRE", name, expiry)
      end
      failure = type(done) == "table" and done.err
    end
  end
  if id and (isLater or type(answer) == "table") then
    call("ZADD", queue, "NX", score, id)
    local place = call("ZRANK", queue, id)
    local kept = type(place) == "number" and call("PTTL", queue)
    local wanted = math.max(60000, 3 * expiry)
    if type(kept) == "number" and kept < wanted then call("PEXPIRE", queue, wanted) end
    if type(answer) == "table" and type(place) == "number" then
      answer[5] = place
    end
  end
  local demoted = failure and string.match(failure, "READONLY [^%c]*")
  if demoted then return { err = demoted } end
  answers[#answers + 1] = failure or answer
end
return { (table.unpack or unpack)(answers) }
`,
  sha1: "778b92915b038c42f6e2b9dda2e067cc611ef283",
};
