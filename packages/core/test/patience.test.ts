import { expect, it } from "vitest";
import type { Round } from "../src/round.ts";
import { pauseAfter } from "../src/waiting/patience.ts";

/** What a node said of one name: granted, or taken for so long, by one of ours or not, with a place in the queue or none. */
type Said = "ok" | { readonly left: number; readonly isOurs?: boolean; readonly place?: number };

/** For how long a waiter with an expiry of 8 s need not ask. */
function pause(...names: readonly (readonly Said[])[]): number | undefined {
  const length = names[0]?.length ?? 0;
  const all = names
    .flat()
    .map((said) =>
      said === "ok"
        ? { detail: 1, told: { status: "ok" } }
        : { detail: said.left, told: { status: "taken", taken: takenBy(said) } },
    );
  const spec = { settings: { expiry: 8_000 }, names, context: { voters: { length } } };
  const round = { spec, questions: { all }, votes: { quorum: Math.floor(length / 2) + 1 } };
  return pauseAfter(round as unknown as Round);
}

function takenBy({ isOurs = true, place }: Exclude<Said, "ok">): object {
  return { time: 1, who: isOurs ? { owner: "" } : "foreign", place };
}

const first = (left: number): Said => ({ left, place: 0 });

it("a quarter of an expiry, if the holder has the name for longer", () => {
  expect(pause([first(7_900)])).toBe(2_000);
  expect(pause([first(Infinity)])).toBe(2_000);
  // A node that does not tell for how long.
  expect(pause([first(Number.NaN)])).toBe(2_000);
  expect(pause([first(Number.NaN), first(500), first(Number.NaN)])).toBe(2_000);
  expect(pause([first(Number.NaN), first(500), first(300)])).toBe(502);
  expect(pause([first(7_900), first(7_900), first(7_900)])).toBe(2_000);
});

it("until the holder's time is over on so many nodes that a quorum is free", () => {
  expect(pause([first(500)])).toBe(502);
  expect(pause([first(900), first(100), first(500)])).toBe(502);
  expect(pause([first(900), first(100), "ok"])).toBe(102);
  expect(pause([first(0)])).toBe(2);
});

it("longer for those far behind, though no longer than four expiries", () => {
  expect(pause([{ left: Infinity, place: 99 }])).toBe(2_000);
  expect(pause([{ left: Infinity, place: 101 }])).toBe(2_020);
  expect(pause([{ left: Infinity, place: 1_000_000 }])).toBe(32_000);
  expect(pause([{ left: 700, place: 99 }])).toBe(900);
  expect(pause([{ left: 700, place: 1_000 }])).toBe(2_702);
});

it("nothing that is sure, if a quorum of nodes will not call", () => {
  const foreign: Said = { left: 7_900, isOurs: false, place: 0 };
  const outside: Said = { left: 7_900 };
  expect(pause([foreign])).toBeUndefined();
  expect(pause([outside])).toBeUndefined();
  expect(pause([first(7_900), foreign, outside])).toBeUndefined();
  expect(pause([first(7_900), first(7_900), foreign])).toBe(2_000);
  // What it is granted is undone, which enters it there.
  expect(pause([first(7_900), "ok", outside])).toBe(2_000);
  expect(pause(["ok"])).toBeUndefined();
});

it("of several names, what is sure for all that are not free, and until the last of them is", () => {
  expect(pause([first(500)], [first(900)])).toBe(902);
  expect(pause([first(500)], ["ok"])).toBe(502);
  expect(pause([first(500)], [{ left: 900 }])).toBeUndefined();
});
