import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Starts a file of this folder; resolves to it and to the process ids that it prints on its first line. */
async function start(file: string) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "inherit"] });
  const [chunk] = await once(child.stdout, "data");
  return { child, pids: String(chunk).split("\n")[0]?.split(" ").map(Number) ?? [] };
}

it.each(["SIGINT", "SIGTERM"] as const)("%s ends what a script runs, and then the script", async (signal) => {
  const { child, pids } = await start("runs-a-program.ts");
  expect(pids.map(isThere)).toEqual([true]);
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([signal === "SIGINT" ? 130 : 143, null]);
  expect(pids.map(isThere)).toEqual([false]);
});

it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s ends the busy loops of a script", async (signal) => {
  const { child, pids } = await start("keeps-busy.ts");
  expect(pids.map(isThere)).toEqual([true, true]);
  child.kill(signal);
  await once(child, "exit");
  await expect.poll(() => pids.map(isThere), { timeout: 60_000 }).toEqual([false, false]);
});
