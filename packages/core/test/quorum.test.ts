import { describe, expect, it } from "vitest";
import { judgeRelease, Tally, type Vote } from "../src/quorum.ts";

const votes: readonly Vote[] = ["granted", "taken", "absent", "failed", "unknown"];

/** Every way in which `nodes` nodes can vote. */
function* ballots(nodes: number): Generator<Vote[]> {
  if (nodes === 0) yield [];
  else for (const rest of ballots(nodes - 1)) for (const vote of votes) yield [vote, ...rest];
}

function tallyOf(ballot: readonly Vote[], nodes = ballot.length): Tally {
  const tally = new Tally(nodes);
  for (const vote of ballot) tally.count(vote);
  return tally;
}

const count = (ballot: readonly Vote[], vote: Vote) => ballot.filter((each) => each === vote).length;

it("a quorum is more than half", () => {
  expect([1, 2, 3, 4, 5, 6, 7].map((nodes) => new Tally(nodes).quorum)).toEqual([1, 2, 2, 3, 3, 4, 4]);
});

describe.each([1, 2, 3, 4, 5])("%i nodes, every ballot", (nodes) => {
  it("is complete with its last vote, never before: no tie leaves it open", () => {
    for (const ballot of ballots(nodes)) {
      expect(tallyOf(ballot).isComplete).toBe(true);
      expect(tallyOf(ballot.slice(1), nodes).isComplete).toBe(false);
    }
  });

  it("grants by a quorum alone, and never together with contention or loss", () => {
    for (const ballot of ballots(nodes)) {
      const tally = tallyOf(ballot);
      expect(tally.isGranted).toBe(count(ballot, "granted") * 2 > nodes);
      expect(tally.isGranted && (tally.isContended || tally.isLost)).toBe(false);
      // "Taken" rules a quorum out as soon as the other nodes together are no quorum.
      expect(tally.isContended).toBe((nodes - count(ballot, "taken")) * 2 <= nodes);
      expect(tally.isLost).toBe((nodes - count(ballot, "taken") - count(ballot, "absent")) * 2 <= nodes);
    }
  });

  it("what is settled early stays so, whatever the other votes are", () => {
    for (const ballot of ballots(nodes)) {
      for (let known = 0; known < nodes; known++) {
        const early = tallyOf(ballot.slice(0, known), nodes);
        if (!early.isSettledEarly) continue;
        const late = tallyOf(ballot);
        expect([late.isGranted, late.isContended]).toEqual([early.isGranted, early.isContended]);
      }
    }
  });
});

describe("the verdict of an unlock", () => {
  it.each<[expected: ReturnType<typeof judgeRelease>, isValid: boolean, ...ballot: Vote[]]>([
    ["released", true, "granted", "granted", "unknown"],
    ["released", false, "granted", "granted", "taken"],
    ["released", true, "granted", "absent", "unknown"],
    ["released", true, "absent", "absent", "absent"],
    ["expired", false, "absent", "absent", "granted"],
    ["expired", false, "absent"],
    ["taken", true, "granted", "absent", "taken"],
    ["taken", false, "taken", "absent", "unknown"],
    ["taken", true, "taken"],
    [null, true, "granted", "unknown", "failed"],
    [null, false, "absent", "granted", "unknown"],
    [null, true, "unknown"],
  ])("is %s where the clock says valid: %s and the nodes said %s %s %s", (expected, isValid, ...ballot) => {
    expect(judgeRelease(tallyOf(ballot), isValid)).toBe(expected);
  });
});
