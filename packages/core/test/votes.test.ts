import { describe, expect, it } from "vitest";
import { Ballot, type NodeAnswer, type UnlockResult } from "../src/quorum.ts";

/** What a node may say; "none" if it says nothing, or refuses for a moment. */
type Vote = NodeAnswer | "barred" | "none";

const votes: readonly Vote[] = ["ok", "taken", "absent", "barred", "none"];

/** Every way in which `nodes` nodes can vote. */
function* ballots(nodes: number): Generator<Vote[]> {
  if (nodes === 0) yield [];
  else for (const rest of ballots(nodes - 1)) for (const vote of votes) yield [vote, ...rest];
}

function ballotOf(votes: readonly Vote[], nodes = votes.length): Ballot {
  const ballot = new Ballot(1, nodes);
  for (const vote of votes) if (vote !== "none") ballot.count(0, vote);
  return ballot;
}

const count = (ballot: readonly Vote[], vote: Vote) => ballot.filter((each) => each === vote).length;

it("a quorum is more than half", () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((nodes) => ballotOf([], nodes).quorum)).toEqual([1, 2, 2, 3, 3, 4, 4]);
});

describe.each([1, 2, 3, 4, 5])("%i nodes, every ballot", (nodes) => {
  it("grants by a quorum alone, and never together with contention or loss", () => {
    for (const ballot of ballots(nodes)) {
      const tally = ballotOf(ballot);
      expect(tally.isGranted).toBe(count(ballot, "ok") * 2 > nodes);
      expect(tally.isGranted && (tally.isContended || tally.isLost)).toBe(false);
      // "Taken" rules a quorum out as soon as the other nodes together are no quorum.
      expect(tally.isContended).toBe((nodes - count(ballot, "taken")) * 2 <= nodes);
      expect(tally.isBarred).toBe((nodes - count(ballot, "barred")) * 2 <= nodes);
      expect(tally.isLost).toBe((nodes - count(ballot, "taken") - count(ballot, "absent")) * 2 <= nodes);
    }
  });

  it("what is settled early stays so, whatever the other votes are", () => {
    for (const ballot of ballots(nodes)) {
      for (let known = 0; known < nodes; known++) {
        const early = ballotOf(ballot.slice(0, known), nodes);
        if (!early.isGranted && !early.isContended) continue;
        const late = ballotOf(ballot);
        expect([late.isGranted, late.isContended]).toEqual([early.isGranted, early.isContended]);
      }
    }
  });
});

describe("several names", () => {
  it("are granted when each of them is, and need a vote on each of them", () => {
    const ballot = new Ballot(2, 3);
    for (const vote of ["ok", "ok", "ok"] as const) ballot.count(0, vote);
    expect([ballot.isGranted, ballot.granted, ballot.released(true)]).toEqual([false, 0, null]);
    ballot.count(1, "ok");
    expect([ballot.isGranted, ballot.granted, ballot.released(true)]).toEqual([false, 1, null]);
    ballot.count(1, "ok");
    expect([ballot.isGranted, ballot.granted, ballot.released(true)]).toEqual([true, 2, "released"]);
  });

  it.each(["taken", "absent", "barred"] as const)("are ruled out by one of them that is %s", (vote) => {
    const ballot = new Ballot(2, 3);
    for (const _ of [1, 2]) {
      ballot.count(0, "ok");
      ballot.count(1, vote);
    }
    expect([ballot.isContended, ballot.isLost, ballot.isBarred]).toEqual([
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
  ])("is %s where the clock says valid: %s and the nodes said %s %s %s", (expected, isValid, ...ballot) => {
    expect(ballotOf(ballot).released(isValid)).toBe(expected);
  });
});
