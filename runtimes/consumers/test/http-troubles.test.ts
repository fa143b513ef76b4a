import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { deploy } from "./deploy.ts";
import { install, run } from "./services.ts";

const token = "open-sesame";
const error = (text: string) => JSON.stringify({ error: text });

/** What a server may answer with in place of a reply, and what every runtime's fetch is to make of it. */
const troubles: Readonly<Record<string, { status: number; body?: string; message: RegExp }>> = {
  "wrong-token": {
    status: 401,
    body: error("WRONGPASS invalid token"),
    message: /401 \(wrong token\): WRONGPASS/,
  },
  "too-many": { status: 429, body: error("ERR max requests"), message: /429 \(too many requests\): ERR max/ },
  internal: { status: 500, body: error("ERR internal"), message: /HTTP 500: ERR internal/ },
  gateway: { status: 502, body: "<h1>Bad gateway</h1>", message: /HTTP 502: $/ },
  page: { status: 200, body: "<html>Log in</html>", message: /HTTP 200 without a JSON reply/ },
  moved: { status: 302, message: /HTTP 302 \(a redirect\)/ },
  "moved-as-it-is": { status: 308, message: /HTTP 308 \(a redirect\)/ },
  dropped: { status: 0, message: /^request failed: / },
};

const visited: string[] = [];
const server = createServer((request, response) => {
  const name = request.url?.split("/")[1] ?? "";
  visited.push(name);
  const { status, body = "" } = troubles[name] ?? { status: 200, body: '{"result":"OK"}' };
  if (status === 0) return request.socket.destroy();
  return response.writeHead(status, { location: "/elsewhere/" }).end(body);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => visited.splice(0));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

// One program for all runtimes.
const program = `
import { upstashNode } from "@redsync/upstash";

async function messages() {
  const said = {};
  for (const name of ${JSON.stringify([...Object.keys(troubles), "nobody"])}) {
    const url = name === "nobody" ? "http://127.0.0.1:1" : "http://${host}/" + name;
    const sending = upstashNode({ url, token: "${token}" }).send(["PING"]);
    said[name] = await sending.then((reply) => "resolved to " + reply, (error) => error.message);
  }
  return said;
}
`;
const script = `${program}\nconsole.log(JSON.stringify(await messages()));`;
const worker = `${program}\nexport default { fetch: async () => Response.json(await messages()) };`;

const deno = ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual"];
const runtimes: Readonly<Record<string, () => Promise<unknown>>> = {
  Node: async () => JSON.parse(await run(process.execPath, [install("troubles.mjs", script)], {})),
  Bun: async () => JSON.parse(await run("bun", [install("troubles.mjs", script)], {})),
  Deno: async () => {
    const args = [...deno, `--allow-net=${host},127.0.0.1:1`, install("troubles.mjs", script)];
    return JSON.parse(await run("deno", args, {}));
  },
  workerd: async () => {
    const miniflare = await deploy("troubles", worker, {});
    try {
      return await (await miniflare.dispatchFetch("http://worker")).json();
    } finally {
      await miniflare.dispose();
    }
  },
};

describe.each(Object.entries(runtimes))("over HTTP on %s", (_, ask) => {
  it("a server in trouble is named, its redirect not followed, and the token not shown", async () => {
    const said = await ask();
    const messages = Object.entries(troubles).map(([name, { message }]) => [
      name,
      expect.stringMatching(message),
    ]);
    expect(said).toEqual({
      ...Object.fromEntries(messages),
      nobody: expect.stringMatching(/^request failed: /),
    });
    expect(JSON.stringify(said)).not.toContain(token);
    expect(new Set(visited)).toEqual(new Set(Object.keys(troubles)));
  });
});
