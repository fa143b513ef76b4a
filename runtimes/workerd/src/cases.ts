import { cases, entriesFor, type Harness } from "@redsync/conformance";
import { memoryNode } from "@redsync/memory";
import { upstashNode } from "@redsync/upstash";
import type { Env, Worker } from "./workers.ts";

const close = async () => {};

const harnesses: Readonly<Record<string, (env: Env) => Harness>> = {
  memory: () => ({
    name: "memory",
    openNodes: async (count) => ({ nodes: Array.from({ length: count }, () => memoryNode()), close }),
  }),
  upstash: ({ DATABASES }) => ({
    name: "upstash",
    openNodes: async (count) => ({ nodes: DATABASES.slice(0, count).map(upstashNode), close }),
  }),
};

const unhandled: string[] = [];
addEventListener("unhandledrejection", (event) => {
  unhandled.push(String((event as PromiseRejectionEvent).reason));
});

/** What the runner asks first: where are we? */
function runtime(): Response {
  const { navigator, process, Buffer } = globalThis as {
    navigator?: Navigator;
    process?: object;
    Buffer?: object;
  };
  return Response.json({
    userAgent: navigator?.userAgent,
    hasNodes: process !== undefined && Buffer !== undefined,
  });
}

async function runCase(harness: Harness, name: string): Promise<Response> {
  const entry = entriesFor(harness, cases).find(({ title }) => title === name);
  if (entry === undefined) throw new Error(`there is no case "${name}"`);
  await entry.run();
  return Response.json({ kept: true });
}

const worker: Worker = {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/runtime") return runtime();
    if (pathname === "/unhandled") return Response.json(unhandled);
    const harness = harnesses[pathname.slice(1)]?.(env);
    if (harness === undefined) return new Response("no such client", { status: 404 });
    try {
      return await runCase(harness, searchParams.get("case") ?? "");
    } catch (error) {
      return Response.json({ kept: false, why: error instanceof Error ? error.stack : String(error) });
    }
  },
};

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default worker;
