import { namesIn } from "../limits.ts";
import { rule } from "../rule.ts";

export const slotsAreRemembered = () => {
  /** Which process heard of which server that it has slots, and when. */
  const heard = new Map<string, number>();
  return rule({
    name: "slots are remembered",
    promise: "A node that has once said CROSSSLOT is asked about one name in a command from then on.",
    onMessage(message, { now }) {
      const { command, server } = message.question;
      const way = `process ${command.process.index} to node ${server}`;
      if (message.what === "answered" && String(message.outcome).includes("CROSSSLOT") && !heard.has(way))
        heard.set(way, now);
      if (message.what !== "sent" || now <= (heard.get(way) ?? now)) return undefined;
      const names = namesIn(command.questions);
      return names.length > 1 ? `${way}: ${names.join(" and ")} in one command` : undefined;
    },
  });
};
