import type { AskedCommand, AskedQuestion } from "../facts.ts";
import { rule } from "../rule.ts";

/** Calls that began in one turn, by the value of the first attempt of each. */
type Crowd = readonly ReadonlySet<string>[];

export const oneNameInOrder = () => {
  const crowds: Crowd[] = [];
  /** The command in which a crowd last asked a node about a name, and about which of its values. */
  const last = new Map<string, { readonly command: AskedCommand; readonly at: number }>();
  return rule({
    name: "one name in order",
    promise:
      "What is asked about one name in one turn of the event loop leaves in one command, in the order of the calls.",
    onReport(report) {
      if (report.what === "began together") crowds.push(report.watches.map(({ values }) => values));
      return undefined;
    },
    onMessage(message, { coverage, plan }) {
      const { question } = message;
      if (message.what !== "sent" || question.operation !== "acquire" || question.isAgain || plan.onWorkers)
        return undefined;
      const index = crowds.findIndex((crowd) => placeIn(crowd, question) >= 0);
      const crowd = crowds[index];
      if (crowd === undefined) return undefined;
      const { command, name, server } = question;
      const key = `${index} ${server} ${name}`;
      const place = placeIn(crowd, question);
      const before = last.get(key);
      last.set(key, { command, at: place });
      // Who is not asked for a while is asked later.
      if (before === undefined || before.command.at < command.at) return undefined;
      coverage.count("one name in one command");
      if (before.command !== command) return `${name} on node ${server} in two commands at once`;
      return place < before.at ? `${name} on node ${server}: ${question.value} too early` : undefined;
    },
  });
};

/** Which of the calls asks here for the first time. */
function placeIn(crowd: Crowd, { value }: AskedQuestion): number {
  return crowd.findIndex((values) => values.values().next().value === value);
}
