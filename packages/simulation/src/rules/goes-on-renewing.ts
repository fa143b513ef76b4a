import { firstOf, rule } from "../rule.ts";

const PRECISION_MS = 6;

export const goesOnRenewing = rule({
  name: "goes on renewing",
  promise:
    "While a lock that renews itself is valid, an extension is sent within a third of the expiry and a round.",
  onStep: ({ held, plan, timeout }) =>
    firstOf(held, ({ idle, letGo, lock, process, renews }) => {
      if (!renews || letGo || lock === undefined || process.isDisturbed) return undefined;
      const most = process.trueTime(plan.options.expiry / 3 + timeout) + PRECISION_MS;
      if (idle <= most || lock.remaining() === 0) return undefined;
      return `${lock.value} was not extended for ${idle} ms`;
    }),
});
