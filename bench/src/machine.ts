import { cpus } from "node:os";
import { startServer } from "@redsync/conformance/servers";

/** Where and when it was measured, as one sentence that names no host. */
export async function machine(): Promise<string> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || "unknown CPU";
  const day = new Date().toISOString().slice(0, 10);
  const cores = `${processors.length} ${processors.length === 1 ? "core" : "cores"}`;
  return `${day}: ${model}, ${cores}, ${process.platform}, Node ${process.versions.node}, Redis ${await redisVersion()}.`;
}

async function redisVersion(): Promise<string> {
  await using server = await startServer();
  const info = String(await server.command("INFO", "server"));
  return /redis_version:(\S+)/.exec(info)?.[1] ?? "of unknown version";
}
