import { isExtension } from "../facts.ts";
import { rule } from "../rule.ts";

export const theFenceGoesAlong = rule({
  name: "the fence goes along",
  promise: "A node that extends or repairs a fenced lock stores a fence at least as large as its token.",
  onMessage(message, { servers, tokenOrder }) {
    if (message.what !== "executed" || message.outcome !== 1) return undefined;
    const { name, operation, server, value } = message.question;
    if (!isExtension(operation) && operation !== "repair") return undefined;
    const token = tokenOrder.tokenOf(value);
    const fence = servers[server]?.fence(name) ?? 0;
    if (token === undefined || fence >= token) return undefined;
    return `${value} without its ${token} on node ${server}`;
  },
});
