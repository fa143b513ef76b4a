import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

it("is smaller than 4.9 kB, gzipped and not even minified", () => {
  const built = readFileSync(new URL("../dist/index.js", import.meta.url), "utf8");
  const code = built.replace(/^\/\/# sourceMappingURL=.*$/m, "");
  expect(gzipSync(code).length).toBeLessThan(4_900);
});
