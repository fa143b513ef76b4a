import { describe, expect, it } from "vitest";
import { type NodeAnswer, type UnlockResult, Votes } from "../src/votes.ts";

/** What a node may say; "none" if it says nothing, or refuses for a moment. */
type Vote = NodeAnswer | "barred" | "none";

const all: readonly Vote[] = ["ok", "taken", "absent", "barred", "none"];

/** Every way in which `nodes` nodes can vote. */
function* ballots(nodes: number): Generator<Vote[]> {
  if (nodes === 0) yield [];
  else for (const rest of ballots(nodes - 1)) for (const vote of all) yield [vote, ...rest];
}

function votesOf(ballot: readonly Vote[], nodes = ballot.length): Votes {
  const votes = new Votes(1, nodes);
  for (const vote of ballot) if (vote !== "none") votes.count(0, vote);
  return votes;
}

const count = (ballot: readonly Vote[], vote: Vote) => ballot.filter((each) => each === vote).length;

it("a quorum is more than half", () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((nodes) => votesOf([], nodes).quorum)).toEqual([1, 2, 2, 3, 3, 4, 4]);
});

describe.each([1, 2, 3, 4, 5])("%i nodes, every ballot", (nodes) => {
  it("grants by a quorum alone, and never together with contention or loss", () => {
    for (const ballot of ballots(nodes)) {
      const votes = votesOf(ballot);
      expect(votes.isGranted).toBe(count(ballot, "ok") * 2 > nodes);
      expect(votes.isGranted && (votes.isContended || votes.isLost)).toBe(false);
      // "Taken" rules a quorum out as soon as the other nodes together are no quorum.
      expect(votes.isContended).toBe((nodes - count(ballot, "taken")) * 2 <= nodes);
      expect(votes.isBarred).toBe((nodes - count(ballot, "barred")) * 2 <= nodes);
      expect(votes.isLost).toBe((nodes - count(ballot, "taken") - count(ballot, "absent")) * 2 <= nodes);
    }
  });

  it("what is settled early stays so, whatever the other votes are", () => {
    for (const ballot of ballots(nodes)) {
      for (let known = 0; known < nodes; known++) {
        const early = votesOf(ballot.slice(0, known), nodes);
        if (!early.isGranted && !early.isContended) continue;
        const late = votesOf(ballot);
        expect([late.isGranted, late.isContended]).toEqual([early.isGranted, early.isContended]);
      }
    }
  });
});

describe("several names", () => {
  it("are granted when each of them is, and need a vote on each of them", () => {
    const votes = new Votes(2, 3);
    for (const vote of ["ok", "ok", "ok"] as const) votes.count(0, vote);
    expect([votes.isGranted, votes.granted, votes.released(true)]).toEqual([false, 0, null]);
    votes.count(1, "ok");
    expect([votes.isGranted, votes.granted, votes.released(true)]).toEqual([false, 1, null]);
    votes.count(1, "ok");
    expect([votes.isGranted, votes.granted, votes.released(true)]).toEqual([true, 2, "released"]);
  });

  it.each(["taken", "absent", "barred"] as const)("are ruled out by one of them that is %s", (vote) => {
    const votes = new Votes(2, 3);
    for (const _ of [1, 2]) {
      votes.count(0, "ok");
      votes.count(1, vote);
    }
    expect([votes.isContended, votes.isLost, votes.isBarred]).toEqual([
      vote === "taken",
      vote !== "barred",
      vote === "barred",
    ]);
  });
});

describe("the verdict of an unlock", () => {
  it.each<[expected: UnlockResult | null, isValid: boolean, ...ballot: Vote[]]>([
    ["released", true, "ok", "ok", "none"],
    ["released", false, "ok", "ok", "taken"],
    ["released", true, "ok", "absent", "none"],
    ["released", true, "absent", "absent", "absent"],
    ["expired", false, "absent", "absent", "ok"],
    ["expired", false, "absent"],
    ["taken", true, "ok", "absent", "taken"],
    ["taken", false, "taken", "absent", "none"],
    ["taken", true, "taken"],
    [null, true, "ok", "none", "none"],
    [null, false, "absent", "ok", "none"],
    [null, true, "none"],
  ])("is %s if the clock says valid: %s and the nodes said %s %s %s", (expected, isValid, ...ballot) => {
    expect(votesOf(ballot).released(isValid)).toBe(expected);
  });
});
