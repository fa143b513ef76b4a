import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { goProgram } from "../src/go.ts";
import { isAtLeast } from "../src/program.ts";
import { pythonProgram } from "../src/python.ts";

/** A PATH on which there is nothing but these tools, which say what they are told to. */
async function pathOf(tools: Readonly<Record<string, string>>) {
  const PATH = await mkdtemp(join(tmpdir(), "redsync-path-"));
  for (const [name, script] of Object.entries(tools)) {
    await writeFile(join(PATH, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(PATH, name), 0o755);
  }
  return { PATH, [Symbol.asyncDispose]: () => rm(PATH, { recursive: true }) };
}

it("where a tool is missing it is said which", async () => {
  await using nothing = await pathOf({});
  expect(await goProgram("quick", { PATH: nothing.PATH })).toEqual({ lack: "go is not on the PATH" });
  expect(await pythonProgram({ PATH: nothing.PATH })).toEqual({ lack: "python3 is not on the PATH" });
});

it("where a tool is too old it is said how old, and what is wanted", async () => {
  await using old = await pathOf({ go: "echo go1.19.8", python3: "echo Python 3.9.2" });
  expect(await goProgram("quick", { PATH: old.PATH })).toEqual({
    lack: expect.stringMatching(/^go1\.19\.8 is too old for go-redsync, which wants go1\.\d+/),
  });
  expect(await pythonProgram({ PATH: old.PATH })).toEqual({
    lack: "Python 3.9.2 is too old for redis-py, which wants 3.10",
  });
});

it("where Python comes without venv, as Debian's does, it is said what to install", async () => {
  await using bare = await pathOf({ python3: '[ "$1" = --version ] && echo Python 3.11.2' });
  expect(await pythonProgram({ PATH: bare.PATH })).toEqual({ lack: expect.stringContaining("python3-venv") });
});

it("compares versions number by number", () => {
  expect(isAtLeast("1.26.8", "1.26.0")).toBe(true);
  expect(isAtLeast("1.9", "1.26.0")).toBe(false);
  expect(isAtLeast("3.10", "3.10")).toBe(true);
  expect(isAtLeast("1.26", "1.26.0")).toBe(false);
});
