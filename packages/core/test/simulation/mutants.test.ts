import { describe, expect, it } from "vitest";
import * as core from "../../src/index.ts";
import { seeds } from "./kinds.ts";
import { type Mutation, mutant } from "./mutant.ts";
import { mutations } from "./mutations.ts";
import { forgetful, search } from "./search.ts";
import type { ServerFlaws } from "./server.ts";
import { tokenMutations, upkeepMutations } from "./upkeep-mutations.ts";

// The simulation under test: each case breaks the algorithm in one place, and some seed must show it. A case whose source
// is not found any more has to follow the source.

const WITHIN = 3_000;

const isReplay = process.env.REDSYNC_SEED !== undefined;

describe.skipIf(isReplay)("the simulation fails where core has", () => {
  it.each([...mutations, ...upkeepMutations])(
    "$title",
    { timeout: 60_000 },
    async ({ title, rules, kind, ...mutation }) => {
      const { found } = await search({ core: await mutant(mutation) }, seeds(WITHIN, kind), rules);
      tell(title, found);
      expect(rules).toContain(found?.violation.rule);
    },
  );
});

const flaws: readonly (ServerFlaws & { readonly title: string })[] = [
  { title: "the release script does not compare", releaseDoesNotCompare: true },
  { title: "the acquire script does not compare", acquireDoesNotCompare: true },
];

describe.skipIf(isReplay)("the simulation shows two holders where", () => {
  it("all attempts share one value, as in go-redsync", { timeout: 60_000 }, async () => {
    const sharing = mutations.find(({ title }) => title === "one value for all attempts") as Mutation;
    const setting = { core: await mutant(sharing), checksStorage: false };
    const { found } = await search(setting, seeds(WITHIN), ["one holder"]);
    tell("one value for all attempts", found);
    expect(found?.violation.rule).toBe("one holder");
  });

  it.each(flaws)("$title", { timeout: 60_000 }, async ({ title, ...flaw }) => {
    const { found } = await search({ core, flaws: flaw, checksStorage: false }, seeds(WITHIN), [
      "one holder",
    ]);
    tell(title, found);
    expect(found?.violation.rule).toBe("one holder");
  });

  it("a node loses its data and comes back at once", { timeout: 60_000 }, async () => {
    const setting = { core, alter: forgetful, checksStorage: false };
    const { found } = await search(setting, seeds(WITHIN), ["one holder"]);
    tell("an immediate empty restart", found);
    expect(found?.violation.rule).toBe("one holder");
  });
});

describe.skipIf(isReplay)("the simulation shows a lock undermined where", () => {
  it("a repair does not compare", { timeout: 60_000 }, async () => {
    const setting = { core, flaws: { repairDoesNotCompare: true } };
    const { found } = await search(setting, seeds(WITHIN, "late repairs"), ["a quorum stores it"]);
    tell("a repair does not compare", found);
    expect(found?.violation.rule).toBe("a quorum stores it");
  });
});

describe.skipIf(isReplay)("the simulation shows a token out of line where", () => {
  it.each(tokenMutations)("$title", { timeout: 60_000 }, async ({ title, ...mutation }) => {
    const setting = { core: await mutant(mutation), checksStorage: false };
    const { found } = await search(setting, seeds(WITHIN), ["tokens grow"]);
    tell(title, found);
    expect(found?.violation.rule).toBe("tokens grow");
  });

  it("a node does not keep proposals to its own clock", { timeout: 60_000 }, async () => {
    const setting = { core, flaws: { doesNotClamp: true } };
    const { found } = await search(setting, seeds(WITHIN, "fences"), ["tokens go by the nodes' clocks"]);
    tell("a proposal as it comes", found);
    expect(found?.violation.rule).toBe("tokens go by the nodes' clocks");
  });
});

function tell(title: string, found: Awaited<ReturnType<typeof search>>["found"]): void {
  if (found !== undefined) console.log(`${title}: seed ${found.seed} shows it (${found.violation.rule})`);
}
