import { type Command, script } from "@redsync/core";
import { type Asked, ask, askByDigest } from "./asking.ts";
import { repliesAsRedis } from "./compared.ts";

const FAR = Date.now() * 1_000 + 5 * 365 * 24 * 60 * 60 * 1_000_000;

const about = (name: string, asked: Partial<Asked> = {}): Asked => ({
  operation: "acquire",
  value: "a",
  name,
  ...asked,
});

const looks = (...keys: readonly string[]): Command[] =>
  keys.flatMap((key): Command[] => [
    ["GET", key],
    ["PTTL", key],
  ]);

repliesAsRedis({
  "no question at all": [ask()],
  "several names, each of which gets its own answer": [
    ["SET", "taken", "b", "PX", "3000000"],
    ["SET", "kept", "b"],
    ask(about("free"), about("taken"), about("kept"), about("gone", { operation: "extend" })),
    ...looks("free", "taken", "kept", "gone"),
    ask(
      about("free", { operation: "release" }),
      about("taken", { operation: "release" }),
      about("kept", { operation: "verify" }),
      about("gone", { operation: "release" }),
    ),
    ...looks("free", "taken", "kept"),
  ],
  "one name several times, in order": [
    ask(
      about("k"),
      about("k", { value: "b" }),
      about("k", { operation: "release" }),
      about("k", { operation: "release" }),
      about("k", { value: "b", expiry: 36_000_000 }),
      about("k"),
    ),
    ...looks("k"),
  ],
  "an unlock and the next lock of one name, run twice": Array.from({ length: 2 }, () =>
    ask(about("k", { operation: "release" }), about("k", { value: "b" })),
  ),
  "fenced and unfenced questions beside each other": [
    ["SET", "{x}:fence", `${FAR}`],
    ["SET", "f", `${FAR + 5}`],
    ask(about("plain"), about("x", { token: 1 }), about("other"), about("k", { token: 1 })),
    ...looks("plain", "x", "other", "k"),
    ["GET", "{x}:fence"],
    ["GET", "f"],
    ask(
      about("x", { operation: "extend", token: FAR + 20 }),
      about("plain", { operation: "extend", expiry: 36_000_000 }),
      about("k", { operation: "adopt", token: FAR + 6 }),
      about("k", { operation: "adopt", token: FAR + 7 }),
      about("other", { operation: "release" }),
      about("x", { operation: "verify" }),
    ),
    ...looks("plain", "x", "other", "k"),
    ["GET", "{x}:fence"],
    ["GET", "f"],
  ],
  "tokens of one command, by the clock and by the fence": [
    ask(about("x", { token: 1 }), about("y", { token: FAR }), about("z", { token: Date.now() * 1_000 })),
    ask(about("x", { token: 1, value: "b" }), about("y", { token: FAR, operation: "repair" })),
    ["GET", "{y}:fence"],
  ],
  "errors as texts, each in the place of its answer": [
    ["RPUSH", "list", "item"],
    ["SET", "{apple}:fence", "apple"],
    ["SET", "{absurd}:fence", "9007199254740000"],
    ["RPUSH", "{odd}:fence", "item"],
    ["SET", "{moved}:fence", `${FAR}`],
    ["SET", "moved", "a", "PX", "3000000"],
    ask(
      about("first"),
      about("list"),
      about("apple", { token: FAR }),
      about("absurd", { token: FAR }),
      about("odd", { token: FAR }),
      about("moved", { operation: "adopt", token: FAR + 1 }),
      about("last"),
    ),
    ...looks("first", "list", "apple", "absurd", "odd", "moved", "last"),
    ask(about("list", { operation: "release" }), about("first", { operation: "release" })),
  ],
  "by the digest, once the text has been sent": [
    ["SCRIPT", "FLUSH"],
    askByDigest(about("x"), about("y")),
    ...looks("x", "y"),
    ask(about("x"), about("y")),
    askByDigest(about("x", { operation: "verify" }), about("y", { value: "b" })),
  ],
  "how long a name is taken for": [
    ["SET", "soon", "b", "PX", "3000000"],
    ["SET", "late", "b", "PX", "36000000"],
    ["SET", "never", "b"],
    [
      "EVAL",
      script.lua,
      "3",
      "soon",
      "late",
      "never",
      ...["soon", "late", "never"].flatMap(() => ["verify", "a", "0"]),
    ],
    ask(about("soon", { operation: "release" }), about("late", { operation: "repair" })),
  ],
  "a hundred names": [
    ["SET", "name 50", "b", "PX", "3000000"],
    ask(...Array.from({ length: 100 }, (_, index) => about(`name ${index}`))),
    ["DBSIZE"],
    ask(...Array.from({ length: 100 }, (_, index) => about(`name ${index}`, { operation: "release" }))),
    ["DBSIZE"],
  ],
});
