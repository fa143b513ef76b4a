import { isRedsyncError } from "@redsync/core";
import { rule } from "../rule.ts";

export const knownErrors = rule({
  name: "known errors",
  promise: "A call rejects with one of core's own errors, or with its signal's reason.",
  onReport(report) {
    if (report.what !== "failed" || report.isAbort || isRedsyncError(report.error)) return undefined;
    return `${report.call}: ${String(report.error)}`;
  },
});
