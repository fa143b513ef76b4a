import { isSent } from "../facts.ts";
import { type Context, firstOf, rule } from "../rule.ts";
import { isOrderly, partsOf } from "../waits.ts";

export const servedInTheOrderOfTheQueue = () => {
  /** Since when nodes have each waiter in their queues. */
  const queuedAt = new Map<string, number>();
  return rule({
    name: "served in the order of the queue",
    promise:
      "On one node, with nothing wrong, nobody is given a name who came when somebody of another process was in its queue already, and still is.",
    onMessage(message, { now }) {
      const { entry } = message.question;
      if (message.what === "executed" && entry && !queuedAt.has(entry.id) && message.outcome === 0)
        queuedAt.set(entry.id, now);
      if (isSent(message, "release")) queuedAt.delete(message.question.value);
      return undefined;
    },
    onReport(report, context) {
      if (report.what !== "left the line" || !report.isGiven || !isUntroubled(context)) return undefined;
      const { waiter } = report;
      const { coverage, servers } = context;
      const queues = servers.map((server) => server.queue(waiter.name).map(([id]) => id));
      const others = [...new Set(queues.flat())].filter((id) => {
        const has = queues.filter((queue) => queue.includes(id)).length;
        const since = queuedAt.get(id) ?? Number.POSITIVE_INFINITY;
        return (
          has > servers.length / 2 && partsOf(id)?.process !== waiter.process.index && since < waiter.beganAt
        );
      });
      const known = queues.flat().some((id) => partsOf(id)?.process !== waiter.process.index);
      if (known) coverage.count("given while others are in the queue");
      if (others.length > 0) coverage.count(`overtakes ${others.length} on ${servers.length} nodes`);
      if (servers.length > 1) return undefined;
      return firstOf(others, (id) => `process ${waiter.process.index} overtakes ${id}`);
    },
  });
};

/** Everybody can be called, and is: whoever polls may be late. */
function isUntroubled(context: Context): boolean {
  const { listening, network, troubles } = context.plan;
  const calls = network.lostCalls + network.lateCalls;
  const befalls = troubles.pause + troubles.crash + troubles.deafness;
  return isOrderly(context) && listening.every(Boolean) && calls + befalls === 0;
}
