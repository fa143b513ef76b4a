import { expect, it } from "vitest";
import { exportsOf, importsOf } from "../imports.ts";

it("finds what the code in a Markdown file imports from us", () => {
  const markdown = `
import { type Lock, Redsync as Locks } from "@redsync/core";
import type { RedisNode } from "@redsync/core";
import { Redis } from "ioredis";
const { ioredisNode: node } = require("@redsync/ioredis");
const { memoryNode } = await import("@redsync/memory");
`;
  expect(importsOf(markdown).map(({ name, from }) => `${from} ${name}`)).toEqual([
    "@redsync/core Lock",
    "@redsync/core Redsync",
    "@redsync/core RedisNode",
    "@redsync/ioredis ioredisNode",
    "@redsync/memory memoryNode",
  ]);
});

it("finds what a declaration file exports, by the name that others see", () => {
  const declarations = "declare class A {}\nexport { A, type B, inner as outer };\nexport type { C };\n";
  expect(exportsOf(declarations)).toEqual(["A", "B", "outer", "C"]);
});
