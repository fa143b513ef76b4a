import { firstOf, rule } from "../rule.ts";

export const tokensGoByTheNodesClocks = rule({
  name: "tokens go by the nodes' clocks",
  promise:
    "A token is a whole number that is within a second of what the nodes' clocks show, but for one more for each acquire.",
  onReport(report) {
    if (report.what !== "given") return undefined;
    return firstOf(report.grants, ({ value, token, least, most }) =>
      Number.isSafeInteger(token) && token >= least && token <= most
        ? undefined
        : `${value}: ${token}, not ${least} to ${most}`,
    );
  },
});
