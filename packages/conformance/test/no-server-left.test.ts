import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, it } from "vitest";
import { eventually } from "../src/servers/eventually.ts";
import { command } from "../src/servers/index.ts";

describe("leaves no server behind", () => {
  const source = new URL("../src/servers/index.ts", import.meta.url).href;
  const program = (then: string) => `
    const { startServers } = await import(${JSON.stringify(source)});
    const [one, frozen] = await startServers(2);
    const home = async (server) => (await server.command("CONFIG", "GET", "dir"))[1];
    const homes = [await home(one), await home(frozen)];
    frozen.freeze();
    console.log(JSON.stringify({ ports: [one.port, frozen.port], homes }));
    ${then}
  `;
  const gone = async (port: number) => {
    const error = await command(port, "PING").catch((cause: NodeJS.ErrnoException) => cause);
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  };

  const ends: [how: string, then: string, signal?: NodeJS.Signals][] = [
    ["has nothing left to do", ""],
    ["calls process.exit", "process.exit(0);"],
    ["throws", "throw new Error('uncaught');"],
    ["is interrupted by Ctrl-C", "setInterval(() => {}, 1000);", "SIGINT"],
    ["is killed", "setInterval(() => {}, 1000);", "SIGKILL"],
  ];
  it.each(ends)("when the program %s", async (_how, then, signal) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program(then)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exit = once(child, "exit");
    const { ports, homes } = JSON.parse(String((await once(child.stdout, "data"))[0])) as {
      ports: number[];
      homes: string[];
    };
    if (signal) child.kill(signal);
    await exit;
    for (const port of ports) await eventually(`nobody listens on ${port}`, () => gone(port));
    for (const home of homes) await eventually(`${home} is removed`, () => !existsSync(home));
  });
});
