import { expect, it } from "vitest";
import { type ContestantId, contestants } from "../src/contestants.ts";
import { laneOf } from "../src/lane.ts";
import { nodeVersions } from "../src/node-versions.ts";

it("gives everybody names of their own, all equally long", () => {
  const ids = Object.keys(contestants) as ContestantId[];
  const lanes = ids.flatMap((contestant) =>
    nodeVersions.map((node) => laneOf({ contestant, inFlight: 1, node })),
  );
  expect(new Set(lanes).size).toBe(lanes.length);
  expect(new Set(lanes.map(({ length }) => length)).size).toBe(1);
});
