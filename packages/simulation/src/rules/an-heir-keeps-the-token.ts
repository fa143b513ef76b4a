import { rule } from "../rule.ts";

export const anHeirKeepsTheToken = rule({
  name: "an heir keeps the token",
  promise: "Whoever adopts a lock has the token of the lock that was handed over.",
  onReport(report) {
    if (report.what !== "adopted" || report.lock.token === report.giver.token) return undefined;
    return `${report.lock.token}, not ${report.giver.token}`;
  },
});
