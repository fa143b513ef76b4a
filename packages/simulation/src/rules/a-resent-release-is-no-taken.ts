import { isExecuted } from "../facts.ts";
import { isId } from "../questions.ts";
import { rule } from "../rule.ts";

export const aResentReleaseIsNoTaken = () => {
  /** What each node released last of a name, and kept for a waiter. */
  const released = new Map<string, { readonly value: string; readonly at: number }>();
  return rule({
    name: "a resent release is no taken",
    promise: "A node that has kept a name for a waiter answers the same release again with the same.",
    onMessage(message, { coverage, journal, now, servers }) {
      const { expiry, hasQueue, name, server, value } = message.question;
      if (!isExecuted(message, "release") || isId(value) || !hasQueue) return undefined;
      const place = `${server} ${name}`;
      const last = released.get(place);
      const isAgain = last?.value === value && now - last.at < expiry / 2;
      const facts = journal.threadOf(message);
      const isForgotten = facts
        .slice(facts.findIndex((fact) => isExecuted(fact, "release")))
        .some(({ what }) => what === "forgot");
      if (isAgain && !isForgotten) {
        coverage.count("a release that came again");
        if (message.outcome === 0)
          return `node ${server} released ${value}, and now says that ${name} is another's`;
      }
      if (message.outcome === 1 && isId(servers[server]?.valueOf(name) ?? "") && !isAgain)
        released.set(place, { value, at: now });
      else if (message.outcome === 1 && !isAgain) released.delete(place);
      return undefined;
    },
  });
};
