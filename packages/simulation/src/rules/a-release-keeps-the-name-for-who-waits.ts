import { isExecuted } from "../facts.ts";
import { isId } from "../questions.ts";
import { rule } from "../rule.ts";

export const aReleaseKeepsTheNameForWhoWaits = rule({
  name: "a release keeps the name for who waits",
  promise:
    "A node that releases a name keeps it for one of those in the queue, if anybody is there to be called.",
  onMessage(message, { coverage, journal, plan, servers }) {
    const { entry, hasQueue, name, server, value } = message.question;
    const node = servers[server];
    if (!isExecuted(message, "release") || message.outcome !== 1 || !hasQueue || !node) return undefined;
    const kept = node.valueOf(name);
    if (isId(value) || plan.network.refusal > 0) return undefined;
    if (kept !== undefined && isId(kept)) coverage.count("kept for who waits");
    if (kept !== undefined) return undefined;
    // The same again does nothing, whatever has become of the name.
    const releases = journal.threadOf(message).filter((fact) => isExecuted(fact, "release"));
    if (releases.some((fact) => fact !== message && fact.outcome === 1)) return undefined;
    // Whoever undoes an attempt comes after the others.
    const left = node.queue(name).filter(([id]) => id !== entry?.id);
    return left.length > 0
      ? `node ${server} releases ${value}, and nobody has ${name}, though ${left[0]?.[0]} waits`
      : undefined;
  },
});
