import { typeName } from "./check.ts";

/** What makes a node of a client, by a method of it. The first that fits counts. */
const factories = {
  defineCommand: "ioredisNode",
  customCommand: "glideNode",
  withTypeMapping: "nodeRedisNode",
  sendCommand: "nodeRedis4Node",
  createScript: "upstashNode",
  hmget: "bunNode",
};

/** Whether something is a node, and not a client: of those, Bun's has a `send` too. */
export function isNode(found: unknown): boolean {
  return has(found, "send") && !has(found, "hmget");
}

/** What a node must be, and what to do with what was given in its place. */
export function adviceFor(found: unknown): string {
  for (const [method, factory] of Object.entries(factories))
    if (has(found, method)) return `not a client: wrap it, ${factory}(client), as in docs/adapters.md`;
  return `as of ioredisNode(client), not ${typeName(found)}`;
}

function has(found: unknown, method: string): boolean {
  return typeof (found as Record<string, unknown> | null | undefined)?.[method] === "function";
}
