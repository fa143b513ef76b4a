import { type AskedQuestion, isSent } from "../facts.ts";
import { namesIn, RefusedForOne } from "../limits.ts";
import { firstOf, rule } from "../rule.ts";

export const askedAgainAlone = () => {
  const refused = new Set<AskedQuestion>();
  return rule({
    name: "asked again alone",
    promise:
      "What a node refuses in a command with several names is asked again at once, under its name alone, or taken back.",
    onMessage(message) {
      if (message.what !== "answered" || !(message.outcome instanceof RefusedForOne)) return undefined;
      if (!isAlone(message.question)) refused.add(message.question);
      return undefined;
    },
    onStep({ coverage, journal }) {
      return firstOf(refused, (question) => {
        refused.delete(question);
        const { name, operation, server, value } = question;
        const facts = journal.factsOf(question);
        const sent = facts.findIndex((fact) => fact.what === "sent" && fact.question === question);
        const later = facts.slice(sent + 1);
        const again = later.filter((fact) => isSent(fact, operation)).map((fact) => fact.question);
        if (again.some(isAlone)) coverage.count("asked again alone");
        else if (operation === "release" || !later.some((fact) => isSent(fact, "release")))
          return `${operation} of ${value} for ${name} on node ${server} was refused for another name`;
        return undefined;
      });
    },
  });
};

function isAlone({ command }: AskedQuestion): boolean {
  return namesIn(command.questions).length === 1;
}
