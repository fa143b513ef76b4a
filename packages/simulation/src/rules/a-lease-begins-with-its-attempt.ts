import { isSent } from "../facts.ts";
import { rule } from "../rule.ts";

const PRECISION_MS = 2;

export const aLeaseBeginsWithItsAttempt = rule({
  name: "a lease begins with its attempt",
  promise:
    "A lock is valid for no longer than an expiry from when its value was first asked for, however its holder was called.",
  onReport(report, { coverage, journal, now, plan }) {
    if (report.what !== "given" || plan.kind !== "queues" || report.process.isDisturbed) return undefined;
    const { lock, process } = report;
    const facts = [...journal.threadsOf(lock.value)].flatMap(([, each]) => each);
    const asked = facts.flatMap((fact) => (isSent(fact, "acquire") ? [fact.at] : []));
    coverage.count("a lease");
    const end = Math.min(...asked) + process.trueTime(plan.options.expiry * (1 - plan.options.driftFactor));
    const until = now + process.trueTime(lock.remaining());
    if (until <= end + PRECISION_MS) return undefined;
    return `${lock.value} is valid until ${until}, and was asked for ${end - until} ms too late for that`;
  },
});
