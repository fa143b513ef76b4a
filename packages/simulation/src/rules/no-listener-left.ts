import { rule } from "../rule.ts";

export const noListenerLeft = rule({
  name: "no listener left",
  promise: "A call that waits no longer does not listen to its signal any more.",
  onReport(report) {
    if (report.what !== "stopped waiting" || report.listeners === 0) return undefined;
    return `${report.call} still listens to its signal`;
  },
});
