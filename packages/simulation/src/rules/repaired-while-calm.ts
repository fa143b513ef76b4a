import { firstOf, rule } from "../rule.ts";
import type { Watch } from "../watch.ts";

const PRECISION_MS = 3;

/** An extension that was confirmed, and when every node must have the lock again. */
interface Extension {
  readonly watch: Watch;
  readonly began: number;
  readonly due: number;
}

export const repairedWhileCalm = () => {
  const extensions = new Set<Extension>();
  return rule({
    name: "repaired while calm",
    promise:
      "If nodes lose their data one after the other, an extension gives a held lock back to the node that lost it.",
    onReport(report, { now, plan, timeout, wake }) {
      if (report.what !== "extended" || plan.kind !== "repairs" || !report.watch.lock) return undefined;
      // An answer that comes late, and then the repair: three ways.
      const ms = 3 * timeout + PRECISION_MS;
      extensions.add({ watch: report.watch, began: report.began, due: now + ms });
      wake(ms);
      return undefined;
    },
    onStep({ holdings, now, wipedAt }) {
      return firstOf(extensions, (extension) => {
        const { began, due, watch } = extension;
        if (now < due) return undefined;
        extensions.delete(extension);
        const { failedAt, letGo, lock } = watch;
        if (letGo || lock === undefined || lock.remaining() === 0) return undefined;
        if (wipedAt >= began || failedAt >= began || holdings.isWhole(lock)) return undefined;
        return `${lock.value} is missing where it was extended`;
      });
    },
  });
};
