import "reflect-metadata";
import { readFile } from "node:fs/promises";
import type { ArgumentsHost } from "@nestjs/common";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { RedsyncError } from "@redsync/core";
import { afterEach, expect, it, vi } from "vitest";
import { LockErrorsFilter } from "../src/lock-errors.filter.ts";

const docs = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
/** The codes that have a status there, with the first one. */
const documented = [...docs.matchAll(/^\| `(REDSYNC_\w+)` .*\| (\d{3})[^|]*\|$/gm)].map(
  ([, code, status]) => [code, Number(status)] as const,
);

afterEach(() => void vi.restoreAllMocks());

it("finds the statuses in docs/errors.md", () => {
  expect(documented.length).toBeGreaterThanOrEqual(5);
});

it.each(documented)("%s is answered with %i, and with nothing that the nodes said", (code, status) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const reply = vi.fn();
  const adapter = { reply, isHeadersSent: () => false } as unknown as AbstractHttpAdapter;
  const error = Object.assign(new Error("node 0: connect ECONNREFUSED"), { code }) as unknown as RedsyncError;
  new LockErrorsFilter(adapter).catch(error, { getArgByIndex: () => ({}) } as unknown as ArgumentsHost);
  expect(reply.mock.calls).toEqual([[{}, { statusCode: status, code }, status]]);
});
