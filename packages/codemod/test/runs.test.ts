import { spawn } from "node:child_process";
import { join } from "node:path";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOME, shapes, textsIn } from "./shapes.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe.each(shapes.filter(({ main }) => main !== undefined))(
  "$name",
  ({ name, before, after, main = "" }) => {
    it("says the same with redlock and with redsync, and leaves no key behind", async () => {
      const library = name.startsWith("4-") ? "redlock-4" : "redlock";
      const isCommonJs = /\brequire\(/.test(textsIn(before).get(main) ?? "");
      const said = [];
      for (const folder of [before, after]) {
        await server.command("FLUSHALL");
        said.push(await run(join(folder, main), library, isCommonJs));
        // A queue ends by itself, a while after the last waiter.
        const keys = (await server.command("KEYS", "*")) as string[];
        expect(keys.filter((key) => !key.endsWith(":queue"))).toEqual([]);
      }
      expect(said[0]).not.toBe("");
      expect(said[1]).toBe(said[0]);
    });
  },
);

/** What a program prints. It is bundled without its packages, so that TypeScript and paths without extensions run as well. */
async function run(entry: string, library: string, isCommonJs: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "node",
    format: isCommonJs ? "cjs" : "esm",
    alias: { redlock: library },
    packages: "external",
  });
  const child = spawn(process.execPath, [`--input-type=${isCommonJs ? "commonjs" : "module"}`], {
    cwd: HOME,
    env: { ...process.env, REDIS_URL: server.url },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(outputFiles[0]?.text);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}
