import { execFileSync } from "node:child_process";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { killAll, redsync, start } from "./redsync.ts";

// One look at each other runtime: what the runtimes make of core and ioredis is tested below runtimes/.

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
afterEach(killAll);

/** The runtime itself: what is found on the PATH may be a script that starts it, and signals would end that alone. */
const pathOf = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: "utf8" }).trim();

const bun = pathOf("bun", "-e", "console.log(process.execPath)");
const deno = pathOf("deno", "eval", "console.log(Deno.execPath())");
const denoFlags = ["--no-remote", "--no-prompt", "--node-modules-dir=manual", "--allow-all"];

describe.each<{ name: string; runtime: [string, ...string[]] }>([
  { name: "Bun", runtime: [bun] },
  { name: "Deno", runtime: [deno, "run", ...denoFlags] },
])("on $name", ({ name, runtime }) => {
  const options = () => ({ urls: server.url, runtime });

  it("runs a command under a lock, with its token", async () => {
    const words = ["run", name, "--fencing", "--", "sh", "-c", 'echo "$REDSYNC_NAME $REDSYNC_TOKEN"; exit 3'];
    const { status, stdout, stderr } = await redsync(words, options());
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^${name} \\d{16}\n$`));
    expect(await server.command("EXISTS", name)).toBe(0);
  });

  it("passes a signal on, ends a command whose lock is lost, and shows who has it", async () => {
    const first = start(
      ["run", name, "--owner", "web-1:42", "--", "sh", "-c", "echo ready; exec sleep 1000"],
      options(),
    );
    await expect.poll(() => first.said.stdout).toBe("ready\n");
    const { stdout } = await redsync(["inspect", name], options());
    expect(stdout).toContain("held by web-1:42");
    expect(
      (await redsync(["run", name, "--no-wait", "--expiry", "100s", "--", "true"], options())).status,
    ).toBe(75);
    first.child.kill("SIGTERM");
    expect((await first.ended).status).toBe(143);

    const second = start(
      ["run", name, "--expiry", "600ms", "--", "sh", "-c", "echo ready; exec sleep 1000"],
      options(),
    );
    await expect.poll(() => second.said.stdout).toBe("ready\n");
    await server.command("SET", name, "somebody-else");
    expect((await second.ended).status).toBe(79);
    expect((await redsync(["unlock", name, "--force", "--any"], options())).status).toBe(0);
  });

  it("examines a server", async () => {
    const { status, stdout } = await redsync(["doctor", "--skip", "persistence"], options());
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.not.stringMatching(/DANGER|unknown/) });
  });
});
