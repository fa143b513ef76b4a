import type { RedisNode } from "@redsync/core";
import { createClient } from "redis-4";
import ts from "typescript";
import { expect, it } from "vitest";
import { overServers } from "../harnesses/servers.ts";
import { register } from "../register.ts";
import { adapters } from "./snippets.ts";

type Client = ReturnType<typeof createClient>;

async function load(code: string): Promise<(client: Client) => RedisNode> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(outputText)}`);
  return module.nodeRedis4Node;
}

it("the guide shows an adapter of fifteen lines", () => {
  expect(adapters).toHaveLength(1);
  const lines = adapters[0]?.code
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  expect(lines?.length).toBeLessThanOrEqual(15);
});

register(
  overServers(
    "the adapter of docs/adapters.md",
    async ({ url }) => {
      const nodeOf = await load(adapters[0]?.code ?? "");
      const client = createClient({ url });
      client.on("error", () => {});
      await client.connect();
      return { node: nodeOf(client), close: () => client.disconnect() };
    },
    { subscribe: "in fifteen lines it does not listen" },
  ),
  "node cases",
);
