import { describe, expect, it } from "vitest";
import type { LockOptions, MutexOptions } from "../src/index.ts";
import { openedOne } from "./queue-node.ts";

describe("options are checked", () => {
  class Config {
    readonly #expiry: unknown;

    constructor(expiry: unknown) {
      this.#expiry = expiry;
    }

    get expiry() {
      return this.#expiry;
    }
  }

  it.each([
    ["what a class computes", (expiry: unknown) => new Config(expiry)],
    ["what a prototype has", (expiry: unknown) => Object.create({ expiry })],
  ])("also %s", async (_, options) => {
    const { mine } = await openedOne();
    expect(() => mine.mutex("job", options("8000"))).toThrow("expiry must be");
    await expect(mine.mutex("job", options(200)).lock()).resolves.toBeDefined();
  });

  it("before a call, which rejects with what a getter throws", async () => {
    const { mine } = await openedOne();
    const options: LockOptions = {
      get timeout(): number {
        throw new Error("no timeout");
      },
    };
    await expect(mine.mutex("job").lock(options)).rejects.toThrow("no timeout");
  });

  it.each(["toString", "constructor", "__proto__"])(
    "and what every object has, as %s, is unknown",
    async (option) => {
      const { mine } = await openedOne();
      const options = JSON.parse(`{ "${option}": 1 }`) as MutexOptions;
      expect(() => mine.mutex("job", options)).toThrow(`unknown option "${option}"`);
    },
  );

  it("together: less than a millisecond of an expiry is nothing to a holder", async () => {
    const { mine } = await openedOne();
    const options = { expiry: 100, driftFactor: 0.975 };
    expect(() => mine.mutex("job", options)).toThrow("must leave some of an expiry of 100 ms");
  });
});
