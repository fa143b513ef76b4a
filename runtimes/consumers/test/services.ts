import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@redsync/conformance/servers";
import { startUpstash } from "@redsync/upstash-server";
import { afterAll, inject } from "vitest";

/** What the programs find in their environment, while the tests of a file run. */
export async function startServices() {
  const redis = await startServer();
  const rest = await startUpstash({ redis });
  afterAll(async () => {
    await rest.stop();
    await redis.stop();
  });
  return {
    REDIS_URL: redis.url,
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
  };
}

/** Writes a program to where the packages are installed; returns its path. */
export function install(file: string, code: string): string {
  const path = join(inject("folder"), file);
  writeFileSync(path, code);
  return path;
}

/** Runs a program where the packages are installed; resolves to what it has said when it ends well, or says `enough`. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  enough?: RegExp,
): Promise<string> {
  // A group of its own: what is found on the PATH may be a script that starts the runtime.
  const options = { cwd: inject("folder"), env: { ...process.env, ...env }, detached: true };
  const child = spawn(command, args, options);
  let said = "";
  let isEnough = false;
  const end = () => process.kill(-(child.pid as number), "SIGKILL");
  const patience = setTimeout(end, 120_000);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (isEnough || !enough?.test(said)) return;
      isEnough = true;
      end();
    });
  }
  const [status] = await once(child, "close");
  clearTimeout(patience);
  if (status !== 0 && !isEnough) throw new Error(`${command} ended with ${status}, having said:\n${said}`);
  return said;
}

/** The same program as CommonJS. */
export function asCommonJs(code: string): string {
  const required = code.replaceAll(/^import (\{.*\}) from (".*");$/gm, "const $1 = require($2);");
  return `(async () => {\n${required}\n})();\n`;
}
