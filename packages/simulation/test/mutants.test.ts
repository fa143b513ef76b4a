import { describe, expect, it } from "vitest";
import { seeds } from "../src/kinds.ts";
import { mutations } from "../src/mutations.ts";
import type { Plan } from "../src/plan.ts";
import { search } from "../src/search.ts";
import { lookFor, shownBy, WITHIN } from "../src/shown-by.ts";
import * as subject from "../src/subject.ts";

// The simulation under test: each case breaks the algorithm in one place, and some seed must show it.

// So many seeds end; this is for a machine that is busy.
const timeout = 20 * 60_000;

/** The plan with an empty restart at once, which the algorithm forbids, and nothing else that befalls a server. */
function forgetful(plan: Plan): Plan {
  const troubles = { ...plan.troubles, freeze: 0, restart: 0, delayedRestart: 0, cut: 0, forget: 1 };
  return { ...plan, troubles };
}

describe("the simulation fails where core has, or a node", () => {
  it.each(mutations)("$title", { timeout }, async (mutation) => {
    const { found, others } = await lookFor(mutation);
    tell(mutation.title, found);
    const broken = JSON.stringify(Object.fromEntries(others));
    expect(mutation.rules, `in ${WITHIN} schedules; other rules that were broken: ${broken}`).toContain(
      found?.violation.rule,
    );
  });

  it("lost its data and come back at once: two holders", { timeout }, async () => {
    const setting = { subject, alter: forgetful, checksStorage: false };
    const { found } = await search(setting, seeds(WITHIN), ["one holder"]);
    tell("an immediate empty restart", found);
    expect(found?.violation.rule).toBe("one holder");
  });
});

function tell(title: string, found: Awaited<ReturnType<typeof search>>["found"]): void {
  if (found === undefined) return;
  const isNew = title in shownBy && shownBy[title] !== found.seed;
  const hint = isNew ? ", another one than before: `pnpm simulate --mutations` saves the search" : "";
  console.log(`${title}: seed ${found.seed} shows it (${found.violation.rule})${hint}`);
}
