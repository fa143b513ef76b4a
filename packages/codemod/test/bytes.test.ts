import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HOME } from "./shapes.ts";

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "redsync-codemod-"));
});
afterEach(() => rmSync(project, { recursive: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

const read = (path: string) => readFileSync(join(project, path));

const codemod = (...words: string[]) =>
  new Promise<{ status: unknown; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(HOME, "dist/main.js"), "redlock", ...words],
      { cwd: project },
      (error, stdout) => resolve({ status: error?.code ?? 0, stdout }),
    );
  });

const USE = `import Redlock from "redlock";\nexport const redlock = new Redlock([client]);\n`;
const BOM = "\uFEFF";

it.each([
  [
    "with a byte order mark",
    BOM + JSON.stringify({ dependencies: { redlock: "5" } }),
    "  npm uninstall redlock\n",
  ],
  [
    "that is no JSON",
    `{ "dependencies": { // redlock\n } }`,
    "  # package.json cannot be read: remove redlock from it",
  ],
])("ends as it should beside a package.json %s", async (_, manifest, said) => {
  write("package.json", manifest);
  write("src/a.ts", USE);
  const { status, stdout } = await codemod("src");
  expect(status).toBe(0);
  expect(stdout).toContain("1 of 1 files changed");
  expect(stdout).toContain(said);
});

it("leaves a byte order mark where it is", async () => {
  write("src/a.ts", `${BOM}${USE}log(redlock.clients);\n`);
  await codemod("src");
  expect(read("src/a.ts").toString()).toMatch(/^\uFEFFimport \{ Redsync \}/);
  write("src/b.ts", `${BOM}log(redlock.clients); ${USE}`);
  await codemod("src/b.ts");
  expect(read("src/b.ts").toString()).toMatch(/^\uFEFF\/\/ TODO/);
});

it("leaves a file as it is that is no UTF-8, and lists it if it names redlock", async () => {
  const latin = Buffer.from(`${USE}log("gr\u00fc\u00dfe");\n`, "latin1");
  write("package.json", JSON.stringify({ dependencies: { redlock: "5" } }));
  write("src/a.ts", USE);
  write("src/b.ts", latin);
  write("src/c.ts", Buffer.from(`held.release("gr\u00fc\u00dfe");\n`, "latin1"));
  write("src/d.ts", Buffer.from(`log("gr\u00fc\u00dfe");\n`, "latin1"));
  const { status, stdout } = await codemod("src");
  expect(status).toBe(1);
  expect(stdout).toContain("\n  src/b.ts:1 cannot be read, and stays as it is\n");
  expect(stdout).toContain(
    "Could not be read (1): look whether they use a Redlock or a lock of it:\n  src/c.ts:1\n",
  );
  expect(stdout).toContain("# npm uninstall redlock, once these no longer import it:\n  #   src/b.ts\n");
  expect(stdout).not.toContain("src/d.ts");
  expect(read("src/b.ts").equals(latin)).toBe(true);
});

it("does not follow links out of the folder", async () => {
  write("shared/b.ts", USE);
  write("src/a.ts", USE);
  symlinkSync(join(project, "shared"), join(project, "src/shared"));
  symlinkSync(join(project, "shared/b.ts"), join(project, "src/c.ts"));
  const { stdout } = await codemod("src");
  expect(stdout).toContain("1 of 1 files changed");
  expect(read("shared/b.ts").toString()).toBe(USE);
});
