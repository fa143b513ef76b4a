import { groupOf, type Harness, type Runtime } from "@redsync/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "./clients.ts";
import { type Databases, startDatabases } from "./databases.ts";
import { type Compatibility, startWorkerd, type Workerd } from "./workerd.ts";

/** Registers the cases for a client of the worker, after the test that they run in workerd. */
export function register(
  { name: client, worker, lacks = {}, harmless }: Client,
  compatibility: Compatibility,
): void {
  let databases: Databases;
  let workerd: Workerd;
  const runtime: Runtime = {
    name: `workerd with ${compatibility}`,
    async prove() {
      const hasNodes = compatibility === "nodejs_compat";
      expect(await workerd.ask("/runtime")).toEqual({ userAgent: "Cloudflare-Workers", hasNodes });
    },
  };
  const harness: Harness = {
    name: client,
    lacks: {
      ...lacks,
      batches: "a request cannot receive what another one has sent",
      lines: "a request cannot wake another one",
    },
    openNodes: () => Promise.reject(new Error("the cases run in the worker")),
  };
  const { title, tests } = groupOf(harness, runtime, {
    async play({ title }) {
      const path = `/${encodeURIComponent(client)}?case=${encodeURIComponent(title)}`;
      expect(await workerd.ask(path)).toEqual({ kept: true });
    },
  });

  describe("a worker", () => {
    beforeAll(async () => {
      databases = await startDatabases(5);
      workerd = await startWorkerd(worker, compatibility, databases.env);
    });
    afterAll(async () => {
      await workerd?.stop();
      await databases?.stop();
    });

    describe(title, () => {
      for (const { title, isSkipped, isConcurrent, run } of tests) {
        it(title, { skip: isSkipped, concurrent: isConcurrent }, () => run());
      }
    });

    it("has left no rejection unhandled, and the runtime has not complained", async () => {
      expect(await workerd.ask("/unhandled")).toEqual([]);
      expect(workerd.complaints.filter((complaint) => !harmless?.test(complaint))).toEqual([]);
    });
  });
}
