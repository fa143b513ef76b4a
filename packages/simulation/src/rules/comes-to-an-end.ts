import { rule } from "../rule.ts";

const MAX_STEPS = 100_000;

export const comesToAnEnd = rule({
  name: "comes to an end",
  promise: "When everybody has what he wanted, nothing goes on for ever.",
  onStep: ({ steps }) => (steps > MAX_STEPS ? `busy after ${MAX_STEPS} steps` : undefined),
});
