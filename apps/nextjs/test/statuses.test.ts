import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Shop } from "../src/pay.ts";

// Outside of a request there is nothing that it could keep.
vi.mock("next/server", () => ({ after: () => {} }));
const { payment } = await import("../src/payment.ts");

const docs = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
/** The codes that have a status there, with the first one. */
const documented = [...docs.matchAll(/^\| `(REDSYNC_\w+)` .*\| (\d{3})[^|]*\|$/gm)].map(
  ([, code, status]) => [code, Number(status)] as const,
);

afterEach(() => void vi.restoreAllMocks());

it("finds the statuses in docs/errors.md", () => {
  expect(documented.length).toBeGreaterThanOrEqual(5);
});

it.each(documented)("%s is answered with %i, and with nothing that the nodes said", async (code, status) => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const error = Object.assign(new Error("node 0: connect ECONNREFUSED"), { code });
  const failing = { redsync: { mutex: () => ({ using: () => Promise.reject(error) }) } } as unknown as Shop;
  const answer = await payment(failing, new Request("http://localhost"), "42");
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status, body: { code } });
});

describe("a visitor who has gone", () => {
  const left = new Error("the visitor has left");
  const pays = (error: Error) => {
    const failing = { redsync: { mutex: () => ({ using: () => Promise.reject(error) }) } } as unknown as Shop;
    const signal = AbortSignal.abort(left);
    return payment(failing, new Request("http://localhost", { signal }), "42");
  };

  it("leaves what went wrong with the payment in the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const failure = new Error("the payment provider answered 500");
    expect((await pays(failure)).status).toBe(499);
    expect(log.mock.calls).toEqual([[failure]]);
  });

  it("is no error", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect((await pays(left)).status).toBe(499);
    expect(log).not.toHaveBeenCalled();
  });
});
