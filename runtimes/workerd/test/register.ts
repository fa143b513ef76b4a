import { cases, entriesFor, type Harness } from "@redsync/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "./clients.ts";
import { type Databases, startDatabases } from "./databases.ts";
import { type Compatibility, startWorkerd, type Workerd } from "./workerd.ts";

/** Registers the cases for a client of the worker, after the test that they run in workerd. */
export function register(
  { name: client, worker, lacks = {}, harmless }: Client,
  compatibility: Compatibility,
): void {
  describe(`${client} in workerd with ${compatibility}`, () => {
    let databases: Databases;
    let workerd: Workerd;
    beforeAll(async () => {
      databases = await startDatabases(5);
      workerd = await startWorkerd(worker, compatibility, databases.env);
    });
    afterAll(async () => {
      await workerd?.stop();
      await databases?.stop();
    });
    it("runs in workerd", async () => {
      const hasNodes = compatibility === "nodejs_compat";
      expect(await workerd.ask("/runtime")).toEqual({ userAgent: "Cloudflare-Workers", hasNodes });
    });

    const harness: Harness = {
      name: client,
      lacks,
      openNodes: () => Promise.reject(new Error("the cases run in the worker")),
    };
    entriesFor(harness, cases).forEach(({ title, isSkipped }, index) => {
      const name = cases[index]?.name ?? "";
      (isSkipped ? it.skip : it)(title, async () => {
        expect(await workerd.ask(`/${client}?case=${encodeURIComponent(name)}`)).toEqual({ kept: true });
      });
    });

    it("has left no rejection unhandled, and the runtime has not complained", async () => {
      expect(await workerd.ask("/unhandled")).toEqual([]);
      expect(workerd.complaints.filter((complaint) => !harmless?.test(complaint))).toEqual([]);
    });
  });
}
