import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { Env } from "../src/workers.ts";

/** With Node's APIs, as many Workers run, and without. */
export type Compatibility = "nodejs_compat" | "no nodejs_compat";

/** A worker in the real runtime. */
export interface Workerd {
  /** Sends a request to the worker, and reads its JSON; rejects where the worker failed, or the request was cancelled. */
  ask(path: string): Promise<unknown>;
  /** Cancels the request of that path, as a visitor who goes away does. */
  cancel(path: string): Promise<void>;
  /** What the runtime has complained about so far. */
  readonly complaints: readonly string[];
  stop(): Promise<void>;
}

/** Bundles a file of `src` as its user would. */
async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${file}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "import"],
    external: ["cloudflare:workers"],
  });
  return outputFiles[0]?.text ?? "";
}

/** Starts the runtime with a file of `src`. */
export async function startWorkerd(file: string, compatibility: Compatibility, env: Env): Promise<Workerd> {
  const complaints: string[] = [];
  const common = { modules: true, compatibilityDate: "2026-07-30" } as const;
  const flags = compatibility === "nodejs_compat" ? [compatibility] : [];
  const miniflare = new Miniflare({
    workers: [
      { ...common, name: "front", script: await bundle("front.ts"), serviceBindings: { WORKER: "worker" } },
      {
        ...common,
        name: "worker",
        script: await bundle(file),
        compatibilityFlags: ["enable_request_signal", ...flags],
        bindings: { ...env },
      },
    ],
    handleRuntimeStdio(_: Readable, stderr: Readable) {
      stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    },
  });
  await miniflare.ready;
  const get = async (path: string) => {
    const response = await miniflare.dispatchFetch(`http://worker${path}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return text;
  };
  return {
    ask: async (path) => JSON.parse(await get(path)),
    cancel: async (path) => void (await get(`/cancel?${path}`)),
    complaints,
    stop: () => miniflare.dispose(),
  };
}
