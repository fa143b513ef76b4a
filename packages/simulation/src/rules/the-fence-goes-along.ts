import { type AskedQuestion, type Fact, isExtension, isSent } from "../facts.ts";
import { rule } from "../rule.ts";

export const theFenceGoesAlong = rule({
  name: "the fence goes along",
  promise:
    "A node that extends or repairs a fenced lock stores a fence at least as large as its token, unless it was late for an extension before.",
  onMessage(message, { journal, servers, timeout, tokenOrder }) {
    if (message.what !== "executed" || message.outcome !== 1) return undefined;
    const { name, operation, server, value } = message.question;
    if (!isExtension(operation) && operation !== "repair") return undefined;
    const token = tokenOrder.tokenOf(value);
    const fence = servers[server]?.fence(name) ?? 0;
    if (token === undefined || fence >= token) return undefined;
    // Its fence may be on another server of a Cluster: the next extension goes there for the name alone.
    if (isExtension(operation) && wasLate(journal.threadOf(message), message.question, timeout))
      return undefined;
    return `${value} without its ${token} on node ${server}`;
  },
});

/** An extension before this one had no answer in time. */
function wasLate(facts: readonly Fact[], { command }: AskedQuestion, timeout: number): boolean {
  return facts.some((sent) => {
    if (!isSent(sent, "extend") || sent.at >= command.at) return false;
    const answer = facts.find((fact) => fact.what === "answered" && fact.question === sent.question);
    const answeredAt = answer?.what === "answered" ? answer.at : Number.POSITIVE_INFINITY;
    return Math.min(answeredAt, command.at) - sent.at > timeout / 2;
  });
}
