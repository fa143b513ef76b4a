import { rule } from "../rule.ts";

const SECOND = 1_000_000;

export const aScoreNeverChanges = () => {
  /** By waiter, whatever the name. */
  const scores = new Map<string, number>();
  /** What nodes have been told, by node. */
  const stored = new Set<string>();
  return rule({
    name: "a score never changes",
    promise:
      "A waiter has one score, with which it goes to every node, and which a node changes only if it is off by more than a second.",
    onMessage(message, { servers }) {
      const { entry, name, server } = message.question;
      if (message.what === "sent" && entry) {
        const [who, number] = entry.id.split(":");
        const waiter = `${who?.slice(2)}:${number}`;
        const before = scores.get(waiter) ?? entry.score;
        scores.set(waiter, entry.score);
        if (before !== entry.score) return `${entry.id} has the score ${before}, and then ${entry.score}`;
      }
      const node = servers[server];
      if (message.what !== "executed" || node === undefined) return undefined;
      const kept = entry && new Map(node.queue(name)).get(entry.id);
      if (entry === undefined || kept === undefined) return undefined;
      const key = `${server} ${entry.id}`;
      const isNew = !stored.has(key);
      stored.add(key);
      // A node keeps it to within a second of its own clock.
      const off = entry.score - (node.time() - entry.waited);
      if (!isNew || kept === entry.score || Math.abs(off) >= SECOND) return undefined;
      return `node ${server} has ${entry.id} at ${kept}, not at ${entry.score}`;
    },
  });
};
