import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { transformSync } from "esbuild";
import { expect, it } from "vitest";

it("is smaller than 1.5 kB, minified and gzipped", () => {
  const built = readFileSync(new URL("../dist/index.js", import.meta.url), "utf8");
  const { code } = transformSync(built, { minify: true });
  expect(gzipSync(code).length).toBeLessThan(1_536);
});
