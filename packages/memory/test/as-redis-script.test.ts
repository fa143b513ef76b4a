import type { Command, Operation } from "@redsync/core";
import { ask, askByDigest } from "./asking.ts";
import { repliesAsRedis } from "./compared.ts";

const YEAR_US = 365 * 24 * 60 * 60 * 1_000_000;

/** A fence so far ahead that no clock counts. */
const FAR = Date.now() * 1_000 + 5 * YEAR_US;

/** A fence that no lock has made. */
const ABSURD = 9_007_199_254_740_000;

const plain = (operation: Operation, value: string, expiry?: number): Command =>
  ask({ operation, value, ...(expiry === undefined ? {} : { expiry }) });

const fenced = (operation: Operation, value: string, token: number): Command =>
  ask({ operation, value, token });

repliesAsRedis({
  "a lock's life": [
    ["SCRIPT", "FLUSH"],
    askByDigest({ operation: "verify", value: "a" }),
    plain("verify", "a"),
    plain("acquire", "a"),
    plain("acquire", "a", 36_000_000),
    ["PTTL", "k"],
    plain("acquire", "b"),
    askByDigest({ operation: "verify", value: "a" }),
    askByDigest({ operation: "verify", value: "b" }),
    plain("extend", "a"),
    ["PTTL", "k"],
    plain("extend", "b"),
    plain("release", "b"),
    ["GET", "k"],
    plain("release", "a"),
    plain("release", "a"),
    plain("extend", "a"),
    ["SCRIPT", "FLUSH"],
    askByDigest({ operation: "release", value: "a" }),
    ["PUBLISH", "channel", "nobody listens"],
    ["PING"],
    ["PING", "hello"],
  ],
  "a fenced lock's life": [
    ["SET", "f", `${FAR}`],
    fenced("acquire", "a", 1),
    ["GET", "f"],
    ["PTTL", "f"],
    ["PTTL", "k"],
    fenced("acquire", "a", 1),
    fenced("acquire", "b", 1),
    fenced("extend", "b", FAR + 50),
    fenced("repair", "b", FAR + 50),
    ["GET", "f"],
    fenced("extend", "a", FAR + 2),
    ["GET", "f"],
    ["PEXPIRE", "f", "3000000"],
    fenced("extend", "a", FAR + 10),
    ["GET", "f"],
    ["PTTL", "f"],
    fenced("extend", "a", FAR),
    ["GET", "f"],
    plain("release", "a"),
    ["GET", "f"],
    fenced("extend", "a", FAR + 20),
    ["GET", "f"],
    fenced("repair", "a", FAR + 20),
    ["GET", "k"],
    ["PTTL", "k"],
    ["GET", "f"],
    ["DEL", "f"],
    fenced("extend", "a", FAR + 20),
    ["GET", "f"],
    ["DEL", "f"],
    fenced("repair", "a", FAR + 30),
    ["GET", "f"],
  ],
  "a repair without fencing": [
    plain("repair", "a"),
    ["PTTL", "k"],
    ["PEXPIRE", "k", "36000000"],
    plain("repair", "a"),
    ["PTTL", "k"],
    plain("repair", "b"),
    ["GET", "k"],
  ],
  "proposals that are kept to the node's clock": [
    fenced("acquire", "a", 1),
    ["DEL", "k", "f"],
    fenced("acquire", "a", FAR),
    ["DEL", "k", "f"],
    fenced("acquire", "a", Date.now() * 1_000 - 500_000_000),
    fenced("acquire", "a", Date.now() * 1_000 + 500_000_000),
    ["SET", "f", "5"],
    fenced("acquire", "a", 1),
  ],
  "adoptions, by the token of the fence alone": [
    fenced("adopt", "a", FAR),
    ["SET", "k", "a", "PX", "36000000"],
    fenced("adopt", "a", FAR),
    ["PTTL", "k"],
    ["GET", "f"],
    fenced("adopt", "a", FAR - 1),
    fenced("adopt", "a", FAR + 1),
    fenced("adopt", "b", FAR),
    ["GET", "f"],
    plain("adopt", "a"),
    ["PTTL", "k"],
  ],
  "a fence that no lock has made": [
    ["SET", "f", `${ABSURD}`],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    // What was proposed counts as well: the node's own clock may stand still.
    fenced("acquire", "a", ABSURD - YEAR_US),
    ["GET", "f"],
  ],
  "a verification changes nothing": [
    ["SET", "k", "a"],
    plain("verify", "a"),
    ["PTTL", "k"],
    ["PEXPIRE", "k", "3000000"],
    plain("verify", "a"),
    ["PTTL", "k"],
    ["GET", "k"],
  ],
  "fences that are no numbers": ["apple", "", " ", "1 2", "-", "0x", "12 apples"].flatMap((text) => [
    ["SET", "f", text],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    ["SET", "k", "a"],
    fenced("extend", "a", FAR),
    fenced("repair", "a", FAR),
    ["PTTL", "k"],
    ["GET", "f"],
    ["DEL", "k"],
  ]),
  "fences that are numbers in other spellings": [" 12 ", "-5", "1e3", "0x10", "1.5"].flatMap((text) => [
    ["SET", "f", text],
    fenced("acquire", "a", FAR),
    ["SET", "f", `9007199254${text.trim().length}00000`],
    fenced("acquire", "a", FAR),
    ["DEL", "k"],
  ]),
  "a fence of another type": [
    ["RPUSH", "f", "item"],
    fenced("acquire", "a", FAR),
    ["EXISTS", "k"],
    ["SET", "k", "a"],
    fenced("extend", "a", FAR),
    ["PTTL", "k"],
  ],
});
