import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Ending } from "./program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What `npm start` runs, on a machine with nothing that it could install or start: no npx is found. */
function startWithNothing(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ending> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: "", ...environment } };
    const child = execFile(process.execPath, ["run.mjs", "start", ...args], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

describe("npm start, before it installs anything", () => {
  it("goes on to install where the arguments are right", async () => {
    const { status, stderr } = await startWithNothing(["--tasks", "2"]);
    expect(status).toBe(1);
    expect(stderr).toContain("spawn npx ENOENT");
  });

  it.each([
    [["--tasks", "0"], {}, '--tasks must be a whole number from 1 to 26; it is "0"'],
    [["--seats"], {}, "Unknown option '--seats'"],
    [["--client", "redis"], { REDIS_URLS: "redis://a" }, "--client must be one of ioredis, node-redis"],
    [[], { REDIS_URLS: "" }, "REDIS_URLS is empty: give it redis://host:port, or unset it"],
    [[], { REDIS_URLS: "redis://a,redis://a:6379" }, "URL 2 is redis://a:6379 again"],
    [[], { npm_config_tasks: "4" }, '--tasks went to npm: write "--" before it, as in npm start -- --tasks'],
  ])("refuses %j with %j", async (args, environment, message) => {
    const { status, stdout, stderr } = await startWithNothing(args, environment);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it("prints the usage", async () => {
    const { status, stdout, stderr } = await startWithNothing(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("--bookings");
  });
});
