import type { BreakingMutation } from "../breaking-mutation.ts";

/** The script on the nodes, which the simulated ones run as memory has it. */
export const nodes: readonly BreakingMutation[] = [
  {
    title: "the release script does not compare",
    where: "answerTo",
    what: "held !== undefined && held !== value",
    becomes: 'operation !== "release" && held !== undefined && held !== value',
    rules: ["one holder"],
    checksStorage: false,
  },
  {
    title: "the acquire script does not compare",
    where: "answerTo",
    what: "held !== undefined && held !== value",
    becomes: 'operation !== "acquire" && held !== undefined && held !== value',
    rules: ["one holder"],
    checksStorage: false,
  },
  {
    title: "a repair does not compare",
    where: "answerTo",
    what: "held !== undefined && held !== value",
    becomes: 'operation !== "repair" && held !== undefined && held !== value',
    kind: "late repairs",
    rules: ["a quorum stores it"],
  },
  {
    title: "a node does not keep proposals to its own clock",
    where: "store",
    what: "Math.floor(Math.max(Math.min(token, now + SECOND), now - SECOND, stored + 1))",
    becomes: "Math.max(token, stored + 1)",
    kind: "fences",
    rules: ["tokens go by the nodes' clocks"],
  },
];
