import { firstOf, rule } from "../rule.ts";

export const aQuorumStoresItsToken = rule({
  name: "a quorum stores its token",
  promise:
    "While a fenced lock is valid, more than half of the nodes store its value and a fence as large as its token.",
  onStep({ checksStorage, servers, valid }) {
    if (!checksStorage) return undefined;
    return firstOf(valid, ({ lock: { names, value, token } }) =>
      firstOf(names, (name) => {
        if (token === undefined) return undefined;
        // Whoever comes next meets it, on a node that has both the value and the token.
        const stored = servers.filter((server) => server.stores(name, value) && server.fence(name) >= token);
        if (stored.length > servers.length / 2) return undefined;
        return `${value} has ${token} for ${name}, ${stored.length} of ${servers.length} nodes store it`;
      }),
    );
  },
});
