import type { Holding } from "../holdings.ts";
import { type Complaint, firstOf, rule } from "../rule.ts";

export const oneHolder = rule({
  name: "one holder",
  promise: "While a lock is valid, no other lock of one of its names is.",
  onStep: ({ valid }) => firstOf(valid, (holding) => firstOf(valid, (other) => conflict(holding, other))),
});

function conflict({ lock, process }: Holding, { lock: other, process: elsewhere }: Holding): Complaint {
  if (other.value === lock.value) return undefined;
  const name = lock.names.find((each) => other.names.includes(each));
  if (name === undefined) return undefined;
  return (
    `process ${process.index} holds ${name} by ${lock.value} for ${lock.remaining()} ms, ` +
    `process ${elsewhere.index} by ${other.value} for ${other.remaining()} ms`
  );
}
