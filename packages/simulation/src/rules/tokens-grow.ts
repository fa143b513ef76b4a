import { type Complaint, firstOf, rule } from "../rule.ts";
import type { Grant } from "../token-order.ts";

export const tokensGrow = rule({
  name: "tokens grow",
  promise:
    "A lock's token is larger than every earlier one of the name, unless nodes lost their counters since and clocks had no time to pass it.",
  onReport(report) {
    if (report.what !== "given") return undefined;
    return firstOf(report.grants, (grant) => firstOf(grant.earlier, (before) => fall(before, grant)));
  },
});

function fall(before: Grant, { name, value, token, least, forgotten }: Grant): Complaint {
  const mayFall = before.forgotten < forgotten && before.most >= least;
  if (token > before.token || mayFall) return undefined;
  return `${name}: ${before.value} had ${before.token}, then ${value} ${token}`;
}
