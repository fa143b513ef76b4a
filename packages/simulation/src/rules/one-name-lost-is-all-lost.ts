import { isRedsyncError } from "@redsync/core";
import { firstOf, rule } from "../rule.ts";

export const oneNameLostIsAllLost = rule({
  name: "one name lost is all lost",
  promise:
    "If the nodes rule out a quorum for one of a lock's names, extend() says that the lock is lost, and not just that it failed.",
  onReport(report, { servers }) {
    if (report.what !== "failed" || report.call !== "extend()") return undefined;
    const { error } = report;
    if (!isRedsyncError(error) || error.code !== "REDSYNC_EXTEND_FAILED") return undefined;
    const without = error.outcomes.filter(({ status }) => status === "absent" || status === "taken");
    return firstOf(without, ({ name }) => {
      const nodes = without.filter((one) => one.name === name).length;
      return nodes < servers.length / 2 ? undefined : `extend() does not say that ${name} is lost`;
    });
  },
});
