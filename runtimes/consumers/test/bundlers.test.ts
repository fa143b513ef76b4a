import { describe, expect, it } from "vitest";
import { bundlers } from "./bundlers.ts";
import { programs, success } from "./programs.ts";
import { install, run, startServices } from "./services.ts";

const services = await startServices();

// GLIDE loads an addon at run time, which no bundler sees.
const shown = programs("esm").filter(({ where }) => /^packages\/(?!valkey-glide)/.test(where));

it("the READMEs show programs of four packages", () => expect(shown.length).toBeGreaterThanOrEqual(4));

describe.each(Object.entries(bundlers))("bundled by %s, the program at", (name, bundle) => {
  it.each(shown)("$where runs", async ({ where, code }) => {
    const entry = install(`${name}-${where.replaceAll(/\W+/g, "-")}.mjs`, code);
    const output = entry.replace(/\.mjs$/, ".bundled.mjs");
    await bundle(entry, output);
    expect(await run(process.execPath, [output], services)).toMatch(success({ code }));
  });
});
