import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check as checkModel, lacksSpin } from "../src/spin.ts";

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

const check = (macros: Readonly<Record<string, number | true>>) =>
  checkModel({ file: "fencing.pml", mayStop: true }, macros);

const GROWS = "(clients[me].token>newest)";
const small = { NODES: 3, CLIENTS: 2, LIMIT: 4 };

const instances = [
  { NODES: 1, CLIENTS: 3, LIMIT: 6 },
  { NODES: 2, CLIENTS: 3, LIMIT: 5 },
  { NODES: 3, CLIENTS: 3, LIMIT: 4 },
  { NODES: 4, CLIENTS: 2, LIMIT: 2 },
  { NODES: 5, CLIENTS: 2, LIMIT: 2 },
];

/** What is taken away, and what that does. */
const variants = {
  NO_RAISE: "nodes that stored less are not raised",
  RAISE_ANYWHERE: "a node is raised where somebody else's value sits",
  NO_STEP: "a node stores what is proposed, whatever it had",
  NO_LEASE: "a node forgets a value before its holder's time is up",
  FORGET: "a node forgets its counter",
};

it("the README speaks of every variant that the model has, and the suite runs each", () => {
  const inModel = [...read("fencing.pml").matchAll(/#if(?:n?def|) (\w+)/g)].map(([, name]) => name);
  const parameters = ["NODES", "CLIENTS", "LIMIT", "REACHES"];
  const found = [...new Set(inModel)].filter((name) => name && !parameters.includes(name));
  expect(found.sort()).toEqual(Object.keys(variants).sort());
  for (const name of [...found, ...parameters]) expect(read("README.md")).toContain(`\`${name}\``);
});

/** For the names of what is skipped: the summary of the test run counts them by this. */
const skipped = lacksSpin && ` [skipped: ${lacksSpin}]`;

describe.skipIf(lacksSpin !== "")("the model of the tokens", () => {
  it.each(instances)(
    `$NODES nodes, $CLIENTS clients, tokens up to $LIMIT: every lock's token is larger than all before${skipped}`,
    {
      timeout: 20 * 60_000,
    },
    async (instance) => {
      const { states, violated } = await check(instance);
      console.log(`${JSON.stringify(instance)}: ${states} states`);
      expect(violated).toBeUndefined();
    },
  );

  it(`locks are given one after another, also where nodes had to be raised${skipped}`, async () => {
    expect((await check({ ...small, REACHES: 3 })).violated).toBe("(given<3)");
  });

  it.each(Object.entries(variants))(`it is found out where, with %s, %s${skipped}`, async (variant) => {
    expect((await check({ ...small, [variant]: true })).violated).toBe(GROWS);
  });
});
