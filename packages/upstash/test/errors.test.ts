import { LockFailedError, type NodeError, Redsync } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { describe, expect, it } from "vitest";
import { answering, rejection, saying, token } from "./answering.ts";

const value = "bG9jay12YWx1ZS1vZi1vdXJz";

const error = (text: string) => JSON.stringify({ error: text });

/** What does not come from Redis: each must be unknown, not refused, because core goes by that. */
const troubles: readonly (readonly [string, status: number, body: string, message: RegExp])[] = [
  [
    "a wrong token",
    401,
    error("WRONGPASS invalid or missing auth token"),
    /HTTP 401 \(wrong token\): WRONGPASS/,
  ],
  ["a token without the right", 403, error("forbidden"), /HTTP 403: forbidden/],
  [
    "too many requests",
    429,
    error("ERR max requests limit exceeded"),
    /HTTP 429 \(too many requests\): ERR max/,
  ],
  ["an error of the server's", 500, error("ERR internal"), /HTTP 500: ERR internal/],
  ["a gateway's page", 502, "<h1>Bad gateway</h1>", /HTTP 502: $/],
  ["a server that is busy", 503, "", /HTTP 503: $/],
  ["a page in place of JSON", 200, "<html>Log in to the network</html>", /HTTP 200 without a JSON reply/],
  ["no body", 200, "", /HTTP 200 without a JSON reply/],
  ["JSON of somebody else's", 200, '{"ok":true}', /HTTP 200 without a JSON reply/],
  ["JSON that is no object", 200, "null", /HTTP 200 without a JSON reply/],
  ["a reply cut short", 200, '{"result":"O', /HTTP 200 without a JSON reply/],
  ["a reply with another status", 404, '{"result":"OK"}', /HTTP 404: $/],
  ["an error that is not Redis's", 400, error("Bad request"), /HTTP 400: Bad request/],
];

// At once: each waits until its failed attempt is cleaned up.
describe.concurrent.each(troubles)("%s", (_, status, body, message) => {
  it(`says so, as an answer that proves nothing (HTTP ${status})`, async () => {
    const node = await saying(status, body);
    expect((await rejection(node.send(["GET", "key"]))).message).toMatch(message);

    const redsync = new Redsync(node, { tries: 1 });
    const failure = await rejection(redsync.mutex("name").lock());
    expect(failure).toBeInstanceOf(LockFailedError);
    expect((failure.cause as NodeError).refused).toBe(false);
    await redsync.settled();
  });

  it("says so to a subscriber", async () => {
    if (status === 200) return;
    const node = await saying(status, body);
    const message = (await rejection(node.send(["GET", "key"]))).message;
    expect((await rejection(node.subscribe?.("channel", () => {}) as Promise<unknown>)).message).toBe(
      message,
    );
  });
});

it("follows no redirect, so that the token goes nowhere else", async () => {
  let visits = 0;
  const elsewhere = await answering((_, response) => {
    visits++;
    response.end('{"result":"OK"}');
  });
  const location = (elsewhere.client as { url: string }).url;
  for (const status of [301, 302, 307, 308]) {
    const node = await saying(status, "", { location });
    expect((await rejection(node.send(["GET", "key"]))).message).toMatch(`HTTP ${status} (a redirect)`);
  }
  expect(visits).toBe(0);
});

it("says that the connection was dropped, before the headers and within the body", async () => {
  const early = await answering((request) => void request.socket.destroy());
  expect((await rejection(early.send(["GET", "key"]))).message).toMatch(
    /^request failed: fetch failed UND_ERR_SOCKET/,
  );
  const late = await answering((request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"result":"O', () => request.socket.destroy());
  });
  const dropped = await rejection(late.send(["GET", "key"]));
  expect(dropped.message).toMatch(/^request failed: terminated /);
  expect(dropped.cause).toBeInstanceOf(TypeError);
});

it("says that nobody listens", async () => {
  const node = upstashNode({ url: "http://127.0.0.1:1", token });
  expect((await rejection(node.send(["GET", "key"]))).message).toMatch(/^request failed: /);
});

it("rejects with the signal's own reason, whether it aborts before, in flight or within the body", async () => {
  const reason = new Error("enough");
  const silent = await answering(() => {});
  expect(await rejection(silent.send(["GET", "key"], { signal: AbortSignal.abort(reason) }))).toBe(reason);

  for (const begin of ["", '{"result":']) {
    const controller = new AbortController();
    const node = await answering((_, response) => {
      if (begin !== "") response.write(begin);
      controller.abort(reason);
    });
    expect(await rejection(node.send(["GET", "key"], { signal: controller.signal }))).toBe(reason);
  }
});

it("asks for the signal, which is made on demand, and does not copy the options", async () => {
  const node = await saying(200, '{"result":"OK"}');
  class Options {
    asked = 0;
    get signal(): AbortSignal {
      this.asked++;
      return new AbortController().signal;
    }
  }
  const options = new Options();
  await node.send(["PING"], options);
  expect(options.asked).toBe(1);
});

it("gives Redis's own error as it is, its word first", async () => {
  const node = await saying(400, error("WRONGTYPE Operation against a key holding the wrong kind of value"));
  const { message } = await rejection(node.send(["GET", "key"]));
  expect(message).toBe("WRONGTYPE Operation against a key holding the wrong kind of value");
});

it("shows neither the value of a lock nor the token, whatever the server quotes", async () => {
  const quotes = [
    `ERR unknown command 'EVALSHA', with args beginning with: '${value.slice(0, 9)}`,
    `ERR ${value} is no number, ${token}`,
  ];
  for (const status of [400, 401, 500]) {
    for (const quote of quotes) {
      const node = await saying(status, error(quote));
      const { message } = await rejection(node.send(["EVALSHA", "0".repeat(40), "1", "key", value, "8000"]));
      expect(message).toMatch(/ERR /);
      expect(message).not.toContain(token);
      expect(message).not.toContain(value.slice(0, 9));
    }
  }
});
