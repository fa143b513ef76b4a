import { cases, type Harness } from "@redsync/conformance";
import type { Env, Worker } from "./workers.ts";

/** A harness of one request: what it opens is closed within it. */
export type HarnessOfRequest = Harness & { close?(): Promise<void> };

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

async function runCase(harness: HarnessOfRequest, title: string): Promise<Response> {
  const found = cases.find((each) => each.title === title);
  if (found === undefined) throw new Error(`there is no case "${title}"`);
  try {
    await found.run(harness);
  } finally {
    await harness.close?.();
  }
  return Response.json({ kept: true });
}

/** A worker that plays the case that a request names, over the client that its path names, within that request. */
export function caseWorker(harnesses: Readonly<Record<string, (env: Env) => HarnessOfRequest>>): Worker {
  return {
    async fetch(request, env) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/runtime") return runtime();
      if (pathname === "/unhandled") return Response.json(unhandled);
      const harness = harnesses[decodeURIComponent(pathname.slice(1))]?.(env);
      if (harness === undefined) return new Response("no such client", { status: 404 });
      try {
        return await runCase(harness, searchParams.get("case") ?? "");
      } catch (error) {
        return Response.json({ kept: false, why: error instanceof Error ? error.stack : String(error) });
      }
    },
  };
}
