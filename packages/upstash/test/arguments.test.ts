import { Redsync } from "@redsync/core";
import { upstashNode, upstashNodeFromEnv } from "@redsync/upstash";
import { Redis } from "@upstash/redis";
import { Redis as RedisOfCloudflare } from "@upstash/redis/cloudflare";
import { describe, expect, it, vi } from "vitest";

const url = "https://name.upstash.io";
const token = "AbCdEf123456=";
const refused = (database: unknown) => () => upstashNode(database as Redis);

function thrown(run: () => unknown): TypeError {
  try {
    run();
  } catch (error) {
    if (error instanceof TypeError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("upstashNode", () => {
  it.each([
    ["a URL and a token", { url, token }],
    ["a URL with a slash at its end", { url: `${url}/`, token }],
    ["a Redis that pipelines by itself", new Redis({ url, token })],
    ["a Redis that does not", new Redis({ url, token, enableAutoPipelining: false })],
    ["a Redis of the entry for Cloudflare", new RedisOfCloudflare({ url, token })],
  ])("takes %s, and Redsync refuses the same database as a second node", (_, database) => {
    const nodes = [upstashNode(database), upstashNode({ url, token })];
    expect(() => new Redsync(nodes)).toThrow(/node 1 is node 0 again/);
  });

  it("takes two databases, two tokens under the URL of a proxy, and a server of this machine", () => {
    const databases = [
      { url, token },
      { url: "https://other.upstash.io", token },
      { url, token: "another" },
      { url: "http://localhost:8079/under/a/path", token },
    ];
    expect(() => new Redsync(databases.map((database) => upstashNode(database)))).not.toThrow();
  });

  it("does not show the token on the node", () => {
    const node = upstashNode({ url, token });
    expect(JSON.stringify(node)).not.toContain(token);
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a URL alone", url],
    ["the class in place of an instance", Redis],
    ["an empty object", {}],
    ["a Redis with a requester of its own", new Redis({ request: async () => ({}) } as never)],
    ["the address of the TCP endpoint", { url: "rediss://default:open-sesame@name.upstash.io:6379", token }],
    ["a URL with a password in it", { url: "https://user:open-sesame@name.upstash.io", token }],
    ["a host", { url: "name.upstash.io", token }],
  ])("says that it expects a REST URL, given %s", (_, database) => {
    const { message } = thrown(refused(database));
    expect(message).toMatch(
      /^upstashNode expects a database's REST URL, in \{ url, token \} or a Redis of @upstash\/redis$/,
    );
  });

  it.each([
    ["no token", { url }],
    ["a Redis without a token", new Redis({ url, token: undefined as unknown as string })],
    ["null", { url, token: null }],
    ["an empty token", { url, token: "" }],
    ["a token with a line break", { url, token: "open-sesame\n" }],
    ["a token with a space", { url, token: "open sesame" }],
    ["a token that no header takes", { url, token: "ключ" }],
  ])("says that it expects a REST token, given %s, and does not show it", (_, database) => {
    const { message } = thrown(refused(database));
    expect(message).toMatch(/^upstashNode expects a database's REST token, in /);
    expect(message).not.toMatch(/sesame|ключ/);
  });
});

describe("upstashNodeFromEnv", () => {
  const env = { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };

  it("reads the usual two variables, beside others", () => {
    const others = { ...env, OTHER: {} };
    expect(upstashNodeFromEnv(others).client).toBe(upstashNode({ url, token }).client);
  });

  it("takes process.env, whatever somebody declares in its type", () => {
    interface OfNext extends NodeJS.ProcessEnv {
      readonly NODE_ENV: "production" | "test";
    }
    const declared: OfNext = { NODE_ENV: "test", ...env };
    expect(upstashNodeFromEnv(declared).client).toBe(upstashNode({ url, token }).client);
  });

  const ofVercel = { KV_REST_API_URL: url, KV_REST_API_TOKEN: token };
  const other = { KV_REST_API_URL: "https://other.upstash.io", KV_REST_API_TOKEN: "another" };
  const empty = { UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "" };

  it.each([
    ["the pair of Vercel's integration", ofVercel],
    ["both pairs, of which the first counts", { ...other, ...env }],
    ["a first pair that is empty", { ...empty, ...ofVercel }],
    ["a URL of one pair and a token of the other", { ...env, UPSTASH_REDIS_REST_TOKEN: "", ...ofVercel }],
  ])("reads %s, as Redis.fromEnv() of @upstash/redis does", (_, variables) => {
    expect(upstashNodeFromEnv(variables).client).toBe(upstashNode({ url, token }).client);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(upstashNode(Redis.fromEnv()).client).toBe(upstashNode({ url, token }).client);
    vi.unstubAllEnvs();
  });

  it.each([
    ["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"],
    ["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"],
  ])("names %s and %s where both are missing or empty", (name, second) => {
    for (const value of [undefined, ""]) {
      const { message } = thrown(() => upstashNodeFromEnv({ ...env, [name]: value, [second]: value }));
      expect(message).toBe(`upstashNodeFromEnv misses ${name} (or ${second})`);
    }
  });

  it("names the URL where there is no environment at all", () => {
    expect(thrown(() => upstashNodeFromEnv(undefined as never)).message).toMatch(/UPSTASH_REDIS_REST_URL/);
  });
});

it.each([
  ["an index, as from map()", 5],
  ["null", null],
  ["a text", "text"],
  ["a function", () => {}],
  ["an option that there is not", { listens: true }],
])("refuses options that are %s", (_, options) => {
  const make = () => upstashNode({ url, token }, options as object);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^upstashNode\(.*options\) expects \{ \w+ \} as its options, or none$/);
});
