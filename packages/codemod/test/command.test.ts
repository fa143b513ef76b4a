import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startServer } from "@redsync/conformance/servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HOME } from "./shapes.ts";

const command = join(HOME, "dist/main.js");
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "redsync-codemod-"));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

const read = (path: string) => readFileSync(join(project, path), "utf8");

function node(words: readonly string[], environment: Record<string, string> = {}) {
  return new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, words, { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
  });
}

const codemod = (...words: string[]) => node([command, "redlock", ...words]);

const USE = `import Redlock from "redlock";\nexport const redlock = new Redlock([client]);\n`;

it("moves a project over: it says the same before and after", async () => {
  await using server = await startServer();
  cpSync(join(HOME, "test/project"), project, { recursive: true });
  symlinkSync(join(HOME, "node_modules"), join(project, "node_modules"));
  const typeRoots = join(HOME, "../../node_modules/@types");
  const compiled = (...options: string[]) =>
    node([join(HOME, "node_modules/typescript/bin/tsc"), "--typeRoots", typeRoots, ...options]);
  const run = () => node(["dist/main.js"], { REDIS_URL: server.url });

  // redlock 5 has no types that are found.
  await compiled("--noCheck");
  const before = await run();
  expect(before).toMatchObject({ status: 0, stderr: "" });
  expect(before.stdout).toContain("5 seats sold, 0 left");

  const moved = await codemod("src");
  expect(moved).toMatchObject({ status: 0, stderr: "" });
  expect(moved.stdout).toContain("2 of 4 files changed");
  expect(moved.stdout).toContain("npm install @redsync/core @redsync/ioredis\n");
  expect(moved.stdout).toContain("npm uninstall redlock\n");
  expect(await compiled()).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(await run()).toEqual(before);
  expect(await server.command("EXISTS", "seats", "office", "safe")).toBe(0);
});

it("shows a diff and changes nothing with --dry", async () => {
  write("src/a.ts", USE);
  const { status, stdout } = await codemod("--dry", "src");
  expect(status).toBe(0);
  expect(stdout).toContain(`-import Redlock from "redlock";\n`);
  expect(stdout).toContain(`+import { Redsync } from "@redsync/core";\n`);
  expect(stdout).toContain("1 of 1 files would be changed");
  expect(read("src/a.ts")).toBe(USE);
});

it("ends with 1 as long as something is marked, and lists it with its place", async () => {
  write("src/a.ts", `${USE}console.log(redlock.clients);\n`);
  const first = await codemod("src");
  expect(first.status).toBe(1);
  expect(first.stdout).toMatch(/\n {2}src\/a\.ts:4 a Redsync has no clients/);
  const text = read("src/a.ts");
  const second = await codemod("src");
  expect(second.status).toBe(1);
  expect(second.stdout).toContain("0 of 1 files changed");
  expect(second.stdout).toMatch(/\n {2}src\/a\.ts:4 a Redsync has no clients/);
  expect(read("src/a.ts")).toBe(text);
});

it("ends with 1 if a lock may be released, of which nothing is known", async () => {
  write("src/a.js", `${USE}export const free = (held) => held.release();\n`);
  const { status, stdout } = await codemod("src");
  expect(status).toBe(1);
  expect(stdout).toMatch(/\n {2}src\/a\.js:4 if this is a lock of redlock, call held\.unlock\(\)\n/);
});

it("leaves out what is installed, and what is built", async () => {
  for (const folder of ["node_modules/x", "dist", "src/build", "coverage"]) write(`${folder}/a.js`, USE);
  write("a.d.ts", `import Redlock from "redlock";\nexport declare const redlock: Redlock;\n`);
  const { status, stdout } = await codemod(".");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "0 of 0 files changed\n" });
  expect(read("dist/a.js")).toBe(USE);
});

it.each([
  ["pnpm-lock.yaml", "pnpm add @redsync/core @redsync/ioredis", "pnpm remove redlock @types/redlock"],
  ["yarn.lock", "yarn add @redsync/core @redsync/ioredis", "yarn remove redlock @types/redlock"],
  ["bun.lock", "bun add @redsync/core @redsync/ioredis", "bun remove redlock @types/redlock"],
])("names the packages as the manager of %s takes them", async (lockfile, add, remove) => {
  write(lockfile, "");
  write(
    "package.json",
    JSON.stringify({
      dependencies: { redlock: "4.2.0", ioredis: "^4.28.0" },
      devDependencies: { "@types/redlock": "4" },
    }),
  );
  write("src/a.ts", USE);
  const { stdout } = await codemod("src");
  expect(stdout).toContain(`  ${add}\n  ${remove}\n  # ioredis must be 5.4 or later\n`);
});

it("says after which files redlock can be removed, as long as some import it", async () => {
  write("package.json", JSON.stringify({ dependencies: { redlock: "5.0.0-beta.2" } }));
  write("src/a.ts", USE);
  write("src/b.ts", `import Redlock from "redlock";\nexport class Own extends Redlock {}\n`);
  const { stdout } = await codemod("src");
  expect(stdout).toContain("\n  # npm uninstall redlock, once these no longer import it:\n  #   src/b.ts\n");
  expect(stdout).not.toMatch(/^ *npm uninstall/m);
});

it("lists what it cannot read, which is something left only if it names redlock", async () => {
  write("src/a.ts", USE);
  write("src/b.ts", "\nawait held.release(];\n");
  const first = await codemod("src");
  expect(first.status).toBe(0);
  expect(first.stdout).toContain(
    "Could not be read (1): look whether they use a Redlock or a lock of it:\n  src/b.ts:2\n",
  );
  write("src/b.ts", "\nawait redlock.release(];\n");
  const second = await codemod("src");
  expect(second.status).toBe(1);
  expect(second.stdout).toContain("\n  src/b.ts:2 cannot be read, and stays as it is\n");
});

it.each([
  ["redlock", false],
  ["@sesamecare-oss/redlock", true],
])("says what is different of %s", async (library, isFork) => {
  write("src/a.ts", USE.replace("redlock", library));
  const { stdout } = await codemod("src");
  expect(stdout).toContain("What is different wherever a lock is used:");
  expect(stdout.includes("kept its locks in database 0")).toBe(isFork);
});

it("has help, which names the exit statuses", async () => {
  for (const words of [["--help"], ["redlock", "--help"]]) {
    const { status, stdout } = await node([command, ...words]);
    expect(status).toBe(0);
    expect(stdout).toContain("Usage: redsync-codemod");
    expect(stdout).toContain("Exit statuses: 0");
  }
});

it.each([
  [["redlock"], "missing required argument"],
  [["redlock", "nowhere"], "there is no nowhere"],
  [["mutex", "."], "unknown command"],
  [["redlock", "--fry", "."], "unknown option"],
])("%j is refused", async (words, message) => {
  const { status, stdout, stderr } = await node([command, ...words]);
  expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
  expect(stderr).toMatch(/^redsync-codemod: /);
  expect(stderr).toContain(message);
});
