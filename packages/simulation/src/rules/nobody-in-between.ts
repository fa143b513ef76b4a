import { firstOf, rule } from "../rule.ts";

export const nobodyInBetween = rule({
  name: "nobody in between",
  promise:
    "While a lock is valid, nobody else was given one of its names since, unless it may be taken again.",
  onStep({ mayRetake, tokenOrder, valid }) {
    if (mayRetake) return undefined;
    return firstOf(valid, ({ lock }) =>
      firstOf(lock.names, (name) => {
        const last = tokenOrder.lastOf(name);
        return last === lock.value ? undefined : `${lock.value} holds ${name} after ${last}`;
      }),
    );
  },
});
