import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { RedisNode } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { afterAll, expect } from "vitest";

export const token = "open-sesame";

const open: (() => void)[] = [];
afterAll(() => {
  for (const close of open) close();
});

/** A node over HTTP whose server is this listener. */
export async function answering(listener: RequestListener): Promise<RedisNode> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstashNode({ url, token }, { listen: true });
}

/** A node over HTTP whose server always says this. */
export const saying = (status: number, body: string, headers = {}) =>
  answering((_, response) => void response.writeHead(status, headers).end(body));

/** What the promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const settled = await promise.then(
    (result) => new Error(`it resolved to ${JSON.stringify(result)}`, { cause: "no rejection" }),
    (error: Error) => error,
  );
  expect(settled.cause).not.toBe("no rejection");
  return settled;
}
