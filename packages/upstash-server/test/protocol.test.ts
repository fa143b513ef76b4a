import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpstash, type UpstashServer } from "../src/index.ts";

let redis: RedisServer;
let rest: UpstashServer;
beforeAll(async () => {
  redis = await startServer();
  rest = await startUpstash({ redis, token: "open-sesame" });
});
afterAll(async () => {
  await rest.stop();
  await redis.stop();
});

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const authorization = "Bearer open-sesame";
  const response = await fetch(rest.url + path, {
    method: "POST",
    body,
    headers: { authorization, ...headers },
  });
  return [response.status, await response.json()];
}

it("answers 401 without the token, and with another one", async () => {
  const refused = [401, { error: expect.stringMatching(/^WRONGPASS /) }];
  expect(await post("/", '["PING"]', { authorization: "" })).toEqual(refused);
  expect(await post("/", '["PING"]', { authorization: "Bearer guess" })).toEqual(refused);
  expect(await post("/subscribe/channel", "", { authorization: "Bearer guess" })).toEqual(refused);
});

it("leaves a bare OK as it is in base64, and encodes it elsewhere", async () => {
  const base64 = { "upstash-encoding": "base64" };
  expect(await post("/", '["SET","key","OK"]', base64)).toEqual([200, { result: "OK" }]);
  expect(await post("/", '["GET","key"]', base64)).toEqual([200, { result: "T0s=" }]);
  expect(await post("/", '["MGET","key"]', base64)).toEqual([200, { result: ["T0s="] }]);
  expect(await post("/", '["PING"]', base64)).toEqual([200, { result: "UE9ORw==" }]);
});

it("takes numbers and booleans for arguments", async () => {
  expect(await post("/", '["RPUSH","scalars",1,true,"x"]')).toEqual([200, { result: 3 }]);
  expect(await post("/", '["LRANGE","scalars",0,-1]')).toEqual([200, { result: ["1", "true", "x"] }]);
});

it.each([
  ["no JSON", "/", "PING", /^ERR failed to parse/],
  ["no array", "/", '{"command":"PING"}', /^ERR failed to parse/],
  ["an array within", "/", '["GET",["key"]]', /^ERR failed to parse/],
  ["no command", "/", "[]", /^ERR empty command/],
  ["an unknown command", "/", '["NONSENSE"]', /^ERR unknown command/],
  ["a command for connections", "/", '["SUBSCRIBE","channel"]', /^ERR Command is not available: 'SUBSCRIBE'/],
  ["a command that blocks", "/", '["blpop","key",0]', /^ERR Command is not available: 'BLPOP'/],
  ["an empty pipeline", "/pipeline", "[]", /^ERR empty pipeline/],
  ["a transaction that Redis refuses", "/multi-exec", '[["INCR","n"],["NONSENSE"]]', /^EXECABORT /],
])("answers 400 to %s, with the error word first", async (_, path, body, error) => {
  expect(await post(path, body)).toEqual([400, { error: expect.stringMatching(error) }]);
});

it("runs nothing of a transaction that Redis refuses", async () => {
  expect(await redis.command("EXISTS", "n")).toBe(0);
});

it("answers 405 to another method than POST", async () => {
  const headers = { authorization: "Bearer open-sesame" };
  expect((await fetch(rest.url, { headers })).status).toBe(405);
});

it("answers requests that are under way together", async () => {
  const lengths = await Promise.all(Array.from({ length: 50 }, () => post("/", '["INCR","counter"]')));
  const counts = lengths.map(([, body]) => (body as { result: number }).result);
  expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

it("writes a message with line feeds as several lines of data of one event", async () => {
  const headers = { authorization: "Bearer open-sesame" };
  const { body } = await fetch(`${rest.url}/subscribe/channel`, { method: "POST", headers });
  const stream = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readTo = async (end: string) => {
    while (!text.endsWith(end)) text += (await stream?.read())?.value ?? "";
  };
  await readTo("data: subscribe,channel,1\n\n");
  await redis.command("PUBLISH", "channel", "one\n\ntwo");
  await redis.command("PUBLISH", "channel", "end");
  await readTo("channel,end\n\n");
  await stream?.cancel();
  expect(text.split("\n\n").slice(1)).toEqual([
    "data: message,channel,one\ndata: \ndata: two",
    "data: message,channel,end",
    "",
  ]);
});

it("answers 503 where Redis is gone", async () => {
  await using lonely = await startUpstash({ redis: { port: 1 } });
  const headers = { authorization: `Bearer ${lonely.token}` };
  const response = await fetch(lonely.url, { method: "POST", body: '["PING"]', headers });
  expect([response.status, await response.json()]).toEqual([503, { error: expect.any(String) }]);
});
