import { firstOf, rule } from "../rule.ts";
import { partsOf } from "../waits.ts";

export const nothingLeftInQueues = () => {
  /** Names that are left for a while after everybody has what he wanted, and are looked at in time. */
  const seen = new Set<number>();
  return rule({
    name: "nothing left in queues",
    promise:
      "When a process has nothing under way, no node has a waiter of it in a queue, or keeps a name for it beyond a span; and after a minute it listens to nothing.",
    onReport(report, { plan, timeout, wake }) {
      // If an undo comes after the next grant it may enter a waiter that has the lock: the next call of it finds that out.
      if (report.what === "settled" && plan.kind === "queues" && plan.isQuiet && plan.network.keepsOrder) {
        seen.add(report.process.index);
        wake(SOON_EXPIRIES * plan.options.expiry + timeout);
      }
      return undefined;
    },
    onStep({ coverage, lines, now, plan, processes, servers, held }) {
      if (
        seen.size < processes.length ||
        now <
          quietSince(
            held.map(({ letGo }) => letGo?.at ?? 0),
            plan,
          )
      )
        return undefined;
      if (lines.all.length > 0 || now > 50_000) return undefined;
      coverage.countOnce("queues after everybody left", "them");
      return firstOf(servers, (server) =>
        firstOf(
          Array.from({ length: plan.names }, (_, index) => `name-${index}`),
          (name) => {
            const left = server.queue(name).map(([id]) => id);
            const kept = server.valueOf(name) ?? "";
            if (partsOf(kept)) left.push(kept);
            const owned = left.filter(
              (id) =>
                processes[partsOf(id)?.process ?? -1]?.isDisturbed === false &&
                !processes[partsOf(id)?.process ?? -1]?.isCrashed,
            );
            return owned.length === 0
              ? undefined
              : `node ${server.index} still has ${owned.join(", ")} for ${name}`;
          },
        ),
      );
    },
    onEnd: ({ processes, servers }) =>
      firstOf(processes, ({ connections, index }) => {
        const listens = connections.filter(({ subscriptions }) => subscriptions.wanted > 0).length;
        if (listens > 0 && !processes[index]?.isCrashed)
          return `process ${index} still listens to ${listens} nodes`;
        return undefined;
      }) ??
      firstOf(servers, ({ index, subscribers }) =>
        subscribers > 0 ? `node ${index} still has subscribers` : undefined,
      ),
  });
};

/** A call, and an answer to it, take no longer. */
const SOON_EXPIRIES = 3;

function quietSince(
  ends: readonly number[],
  { options }: { readonly options: { readonly expiry: number } },
): number {
  return Math.max(0, ...ends) + SOON_EXPIRIES * options.expiry;
}
