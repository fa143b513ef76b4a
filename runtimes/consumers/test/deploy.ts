import { Miniflare } from "miniflare";
import { inject } from "vitest";
import { install, run } from "./services.ts";

const compatibilityDate = "2026-07-30";

/** Bundles a worker as its user would to deploy it, and starts it in the runtime on this machine. */
export async function deploy(
  name: string,
  code: string,
  { env = {}, flags = [] }: { env?: Readonly<Record<string, string>>; flags?: readonly string[] },
): Promise<Miniflare> {
  const file = install(`${name}.js`, code);
  const outdir = `${name}-bundle`;
  const options = [
    "--dry-run",
    "--outdir",
    outdir,
    "--name",
    name,
    "--compatibility-date",
    compatibilityDate,
  ];
  const compatibility = flags.flatMap((flag) => ["--compatibility-flags", flag]);
  await run("wrangler", ["deploy", file, ...options, ...compatibility], {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
  });
  return new Miniflare({
    modulesRoot: inject("folder"),
    modules: [{ type: "ESModule", path: file.replace(`${name}.js`, `${outdir}/${name}.js`) }],
    compatibilityDate,
    compatibilityFlags: [...flags],
    bindings: { ...env },
  });
}
