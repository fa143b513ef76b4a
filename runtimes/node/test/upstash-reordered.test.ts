import type { RedisNode } from "@redsync/core";
import { upstashNode } from "@redsync/upstash";
import { overHttp } from "./harnesses/upstash.ts";
import { register } from "./register.ts";

/** Delivers requests up to 5 ms later: those that are under way together arrive in any order. */
function reordered(node: RedisNode): RedisNode {
  return {
    ...node,
    async send(command, options) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return node.send(command, options);
    },
  };
}

register(
  overHttp("Upstash over HTTP, in any order", (database) =>
    reordered(upstashNode(database, { listen: true })),
  ),
  "lock cases",
);
