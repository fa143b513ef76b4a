import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check as checkModel, lacksSpin } from "../src/spin.ts";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

const check = (macros: Readonly<Record<string, number | true>>) =>
  checkModel({ file: "queue.pml", mayStop: false }, macros);

const instances = [
  { NODES: 1, WAITERS: 3, FAULTS: 0 },
  { NODES: 1, WAITERS: 3, FAULTS: 2 },
  { NODES: 3, WAITERS: 2, FAULTS: 0 },
  { NODES: 3, WAITERS: 2, FAULTS: 1 },
];

const OVERTAKEN = "!(((waiters[i].phase==4)&&(waiters[i].score<waiters[me].score)))";

/** What is taken away, what that does, and where Spin sees it. */
const variants = {
  NO_RETRY: ["nobody asks by itself", { FAULTS: 1 }, "stuck"],
  NO_LEAVE: ["whoever gives up leaves no queue", { FAULTS: 1, GIVES_UP: true }, "0"],
  CALL_IS_GRANT: ["a call is taken for a grant", { FAULTS: 1 }, "(holders==1)"],
  NO_RESERVATION: ["a release frees the name, and calls", { FAULTS: 0 }, OVERTAKEN],
} as const;

it("the README speaks of every variant that the model has, and the suite runs each", () => {
  const inModel = [...read("queue.pml").matchAll(/#if(?:n?def|) (\w+)/g)].map(([, name]) => name);
  const parameters = ["NODES", "WAITERS", "FAULTS", "GIVES_UP"];
  const found = [...new Set(inModel)].filter((name) => name && !parameters.includes(name));
  expect(found.sort()).toEqual(Object.keys(variants).sort());
  for (const name of [...found, ...parameters]) expect(read("README.md")).toContain(`\`${name}\``);
});

/** For the names of what is skipped: the summary of the test run counts them by this. */
const skipped = lacksSpin && ` [skipped: ${lacksSpin}]`;

describe.skipIf(lacksSpin !== "")("the model of the queue", () => {
  it.each(instances)(
    `$NODES nodes, $WAITERS waiters, $FAULTS faults: one holder, and nobody waits for ever${skipped}`,
    { timeout: 20 * 60_000 },
    async (instance) => {
      const { states, violated } = await check(instance);
      console.log(`${JSON.stringify(instance)}: ${states} states`);
      expect(violated).toBeUndefined();
    },
  );

  it.each([1, 3])(`%d nodes: if nothing gets lost, calls alone are enough${skipped}`, async (NODES) => {
    const { violated } = await check({ NODES, WAITERS: NODES === 1 ? 3 : 2, FAULTS: 0, NO_RETRY: true });
    expect(violated).toBeUndefined();
  });

  it.each([1, 3])(
    `%d nodes: nothing is kept for whoever gave up until time passes${skipped}`,
    { timeout: 20 * 60_000 },
    async (NODES) => {
      const { violated } = await check({ NODES, WAITERS: NODES === 1 ? 3 : 2, FAULTS: 1, GIVES_UP: true });
      expect(violated).toBeUndefined();
    },
  );

  it.each(Object.entries(variants))(
    `it is found out where, with %s, something is taken away${skipped}`,
    async (variant, [, macros, seen]) => {
      expect((await check({ NODES: 1, WAITERS: 3, ...macros, [variant]: true })).violated).toBe(seen);
    },
  );
});
