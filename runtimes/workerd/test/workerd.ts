import { builtinModules } from "node:module";
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

// The clients over TCP are CommonJS, and require Node's modules.
const require = `import { createRequire } from "node:module"; const require = createRequire("/");`;

/** Bundles a file of `src` as its user would. */
async function bundle(file: string, compatibility: Compatibility): Promise<ESModule> {
  const hasNodes = compatibility === "nodejs_compat";
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${file}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "import"],
    external: ["cloudflare:workers", ...(hasNodes ? ["node:*", ...builtinModules] : [])],
    banner: { js: hasNodes ? require : "" },
  });
  // As a list of one: as a script, its requires would be looked up by the tool before the runtime has its say.
  return { type: "ESModule", path: `${file}.mjs`, contents: outputFiles[0]?.text ?? "" };
}

type ESModule = { readonly type: "ESModule"; readonly path: string; readonly contents: string };

/** Starts the runtime with a file of `src`. */
export async function startWorkerd(file: string, compatibility: Compatibility, env: Env): Promise<Workerd> {
  const complaints: string[] = [];
  const compatibilityDate = "2026-07-30";
  const flags = compatibility === "nodejs_compat" ? [compatibility] : [];
  const miniflare = new Miniflare({
    workers: [
      {
        name: "front",
        modules: [await bundle("front.ts", "no nodejs_compat")],
        compatibilityDate,
        serviceBindings: { WORKER: "worker" },
      },
      {
        name: "worker",
        modules: [await bundle(file, compatibility)],
        compatibilityDate,
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
