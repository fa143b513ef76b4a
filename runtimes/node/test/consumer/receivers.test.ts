import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { describe, expect, it } from "vitest";
import { run, shown } from "./snippets.ts";

const text = (what: string) => shown("docs/guarantees.md", what).code;

/** Three holders, one after the other, and their tokens. */
async function tokens(): Promise<[number, number, number]> {
  const redsync = new Redsync([memoryNode(), memoryNode(), memoryNode()], { fencing: true });
  const next = () => redsync.mutex("invoice:42").using(({ token }) => token);
  return [await next(), await next(), await next()];
}

/** What every receiver owes: `write` tells whether it was accepted. */
async function refusesTheLate(write: (token: number) => Promise<boolean> | boolean): Promise<void> {
  const [first, second, third] = await tokens();
  expect(await write(second), "the first to come").toBe(true);
  expect(await write(first), "who comes late").toBe(false);
  expect(await write(second), "the same holder again").toBe(true);
  expect(await write(third), "the next holder").toBe(true);
  expect(await write(second), "who comes late now").toBe(false);
}

/** An object store with ETags of the content, as S3 has them, and conditional writes. `meanwhile` runs before a write. */
async function startStore() {
  let content: string | undefined;
  let meanwhile: (() => Promise<unknown>) | undefined;
  const etagOf = (body: string | undefined) => body && `"${Buffer.from(body).toString("base64url")}"`;
  const server = createServer(async (request, response) => {
    const { method, headers } = request;
    const body = (await request.setEncoding("utf8").toArray()).join("");
    if (method === "PUT") {
      const before = meanwhile;
      meanwhile = undefined;
      await before?.();
      const isAsExpected =
        headers["if-none-match"] === "*" ? content === undefined : headers["if-match"] === etagOf(content);
      if (isAsExpected) content = body;
      response.writeHead(isAsExpected ? 200 : 412).end();
    } else if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { etag: etagOf(content) }).end(content);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/invoice-42.json`,
    content: () => JSON.parse(content ?? "null"),
    beforeTheNextWrite: (run: () => Promise<unknown>) => {
      meanwhile = run;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("the receivers of docs/guarantees.md", () => {
  it("SQL: a late write changes no row", async () => {
    const db = new DatabaseSync(":memory:");
    db.exec("create table invoices (id integer primary key, total integer, fence bigint not null default 0)");
    db.exec("insert into invoices (id, total) values (42, 0)");
    const update = db.prepare(text("SQL"));
    await refusesTheLate((token) => update.run(token % 1_000, token, 42, token).changes === 1);
  });

  it("SQL: who reads with its token is not overtaken by a late write", async () => {
    const db = new DatabaseSync(":memory:");
    db.exec("create table invoices (id integer primary key, total integer, fence bigint not null default 0)");
    db.exec("insert into invoices (id, total) values (42, 7)");
    const read = db.prepare(shown("docs/fencing.md", "read").code);
    const update = db.prepare(text("SQL"));
    const [first, second] = await tokens();
    expect(read.get(first, 42, first)).toEqual({ total: 7 });
    expect(read.get(second, 42, second)).toEqual({ total: 7 });
    expect(update.run(8, first, 42, first).changes).toBe(0);
    expect(read.get(first, 42, first)).toBe(undefined);
    expect(update.run(9, second, 42, second).changes).toBe(1);
  });

  describe("an object store", () => {
    type Put = (url: string, data: object, token: number) => Promise<void>;
    const { putFenced } = run(text("object store")) as { putFenced: Put };

    it("refuses a late write", async () => {
      await using store = await startStore();
      await refusesTheLate((token) =>
        putFenced(store.url, {}, token).then(
          () => true,
          (error: Error) => {
            expect(error.message).toBe("a later holder was here");
            return false;
          },
        ),
      );
    });

    it("refuses one that had looked in time, also where the later holder wrote the same", async () => {
      await using store = await startStore();
      const [first, second, third] = await tokens();
      await putFenced(store.url, { total: 1 }, first);
      store.beforeTheNextWrite(() => putFenced(store.url, { total: 1 }, third));
      await expect(putFenced(store.url, { total: 2 }, second)).rejects.toThrow("a later holder was here");
      expect(store.content()).toEqual({ total: 1, fence: third });
    });
  });

  it("an HTTP service: a late write is a 409, and one without a token is none", async () => {
    const { receive } = run(text("HTTP service")) as { receive(request: Request): Response };
    const post = (headers: HeadersInit) =>
      receive(new Request("https://service.test/invoices/42", { method: "POST", headers })).status;
    await refusesTheLate((token) => {
      const status = post({ fence: String(token) });
      expect([200, 409]).toContain(status);
      return status === 200;
    });
    expect(post({})).toBe(428);
  });
});
