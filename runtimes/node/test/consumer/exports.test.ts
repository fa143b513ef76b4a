import { readFileSync } from "node:fs";
import * as core from "@redsync/core";
import * as ioredis from "@redsync/ioredis";
import * as memory from "@redsync/memory";
import * as nodeRedis from "@redsync/node-redis";
import * as upstash from "@redsync/upstash";
import * as glide from "@redsync/valkey-glide";
import { expect, it } from "vitest";

it.each([
  ["core", core],
  ["ioredis", ioredis],
  ["memory", memory],
  ["node-redis", nodeRedis],
  ["upstash", upstash],
  ["valkey-glide", glide],
])("%s exports exactly the values that its types promise", (name, exported) => {
  const types = readFileSync(
    new URL(`../../../../packages/${name}/dist/index.d.ts`, import.meta.url),
    "utf8",
  );
  const names = [...types.matchAll(/^export \{([^}]*)\};$/gm)]
    .flatMap(([, list = ""]) => list.split(","))
    .map((each) => each.trim())
    .filter((each) => !each.startsWith("type "));
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(exported).sort()).toEqual(names.sort());
});
