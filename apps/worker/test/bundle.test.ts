import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url));

it("is as large as the README says, to a kilobyte", () => {
  const stated = /\*\*([\d.]+) kB\*\* minified and gzipped/.exec(read("README.md").toString())?.[1];
  const actual = gzipSync(read("dist/main.js")).length / 1_000;
  expect(Math.abs(actual - Number(stated)), `it has ${actual.toFixed(1)} kB`).toBeLessThan(1);
});
