import { cpus } from "node:os";
import { startServer } from "@redsync/conformance/servers";
import { goProgram } from "@redsync/interop/go";
import type { Effort } from "./effort.ts";
import { exactNodeVersions } from "./node-versions.ts";

/** Where and when it was measured, as one sentence that names no host. */
export async function machine({ build }: Effort): Promise<string> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown CPU";
  const day = new Date().toISOString().slice(0, 10);
  const cores = `${processors.length} ${processors.length === 1 ? "core" : "cores"}`;
  const software = [
    process.platform,
    `Node ${process.versions.node} (CPU and core alone: ${exactNodeVersions().join(", ")})`,
    ...(await goVersion(build)),
    `Redis ${await redisVersion()}`,
  ];
  return `${day}: ${model}, ${cores}, ${software.join(", ")}.`;
}

async function goVersion(build: Effort["build"]): Promise<string[]> {
  const program = await goProgram(build);
  return "version" in program ? [program.version] : [];
}

async function redisVersion(): Promise<string> {
  await using server = await startServer();
  const info = String(await server.command("INFO", "server"));
  return /redis_version:(\S+)/.exec(info)?.[1] ?? "of unknown version";
}
