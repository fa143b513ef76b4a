import { type AskedQuestion, isSent } from "../facts.ts";
import { namesIn, RefusedForOne } from "../limits.ts";
import { firstOf, rule } from "../rule.ts";

export const askedAgainAlone = () => {
  const refused = new Set<AskedQuestion>();
  return rule({
    name: "asked again alone",
    promise:
      "What a node refuses in a command with several names is asked again at once, under its name alone, unless it is over.",
    onMessage(message) {
      if (message.what !== "answered" || !(message.outcome instanceof RefusedForOne)) return undefined;
      if (!isAlone(message.question)) refused.add(message.question);
      return undefined;
    },
    onStep({ coverage, held, journal }) {
      return firstOf(refused, (question) => {
        refused.delete(question);
        const { name, operation, server, value } = question;
        const facts = journal.factsOf(question);
        const sent = facts.findIndex((fact) => fact.what === "sent" && fact.question === question);
        const later = facts.slice(sent + 1);
        const again = later.filter((fact) => isSent(fact, operation)).map((fact) => fact.question);
        if (again.some(isAlone)) {
          coverage.count("asked again alone");
          return undefined;
        }
        const isTakenBack = later.some((fact) => isSent(fact, "release"));
        const isExpired = held.some(({ lock }) => lock?.value === value && lock.remaining() === 0);
        if (operation !== "release" && (isTakenBack || isExpired)) return undefined;
        return `${operation} of ${value} for ${name} on node ${server} was refused for another name`;
      });
    },
  });
};

function isAlone({ command }: AskedQuestion): boolean {
  return namesIn(command.questions).length === 1;
}
