import { firstOf, rule } from "../rule.ts";

export const aQuorumStoresIt = rule({
  name: "a quorum stores it",
  promise: "While a lock is valid, more than half of the nodes store its value under each of its names.",
  onStep({ checksStorage, servers, valid }) {
    if (!checksStorage) return undefined;
    return firstOf(valid, ({ lock, process }) =>
      firstOf(lock.names, (name) => {
        const stored = servers.filter((server) => server.stores(name, lock.value)).length;
        if (stored > servers.length / 2) return undefined;
        return (
          `process ${process.index} holds ${name} by ${lock.value} for ${lock.remaining()} ms, ` +
          `and ${stored} of ${servers.length} nodes store it`
        );
      }),
    );
  },
});
