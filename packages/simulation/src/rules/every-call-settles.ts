import { firstOf, rule } from "../rule.ts";

export const everyCallSettles = rule({
  name: "every call settles",
  promise: "Every promise that core gives settles, unless its process crashes.",
  onEnd: ({ cleanup }) =>
    firstOf(cleanup.pending, ({ call, process }) => `${call} on process ${process.index}`),
});
