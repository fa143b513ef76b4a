import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { programs, success } from "./programs.ts";
import { asCommonJs, install, run, startServices } from "./services.ts";

const services = await startServices();
const bun = (file: string, code: string) => run("bun", [install(file, code)], services);

it("is Bun", async () => {
  expect(await bun("bun.mjs", "console.log(navigator.userAgent)")).toBe("Bun/1.4.5\n");
});

// What Valkey GLIDE makes of Bun is not claimed.
const claimed = [...programs("bun"), ...programs("esm")].filter(({ where }) => !where.includes("glide"));

it("builds a program and all that it imports into one executable file", async () => {
  const [program = { code: "" }] = programs("bun");
  const entry = install("compiled.mjs", program.code);
  await run("bun", ["build", "--compile", entry, "--outfile", "compiled"], {});
  expect(await run(join(inject("folder"), "compiled"), [], services)).toMatch(success(program));
});

describe.each(claimed)("on Bun, the program at $where", ({ code }) => {
  it("runs as an ES module", async () => expect(await bun("bun.mjs", code)).toMatch(success({ code })));
  it("runs as CommonJS", async () =>
    expect(await bun("bun.cjs", asCommonJs(code))).toMatch(success({ code })));
});
