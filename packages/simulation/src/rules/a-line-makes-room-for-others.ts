import { isPassedOn, isUnlock, lineOf, nextOf } from "../passing-on.ts";
import { rule } from "../rule.ts";

const SERVED_MS = 1_000;
const PRECISION_MS = 1;

/** A name that goes from one call of a process to the next: since when, and to which value last. */
interface Chain {
  readonly since: number;
  readonly value: string | undefined;
}

export const aLineMakesRoomForOthers = () => {
  const chains = new Map<string, Chain>();
  return rule({
    name: "a line makes room for others",
    promise:
      "After a second of passing a name on within a process, its line pauses, so that another process may take it.",
    onMessage(message, context) {
      // Elsewhere somebody asks in the turn of an unlock who stands in no line.
      if (context.plan.kind !== "lines" || !isUnlock(message, context)) return undefined;
      const { command, name, value } = message.question;
      const { process } = command;
      const line = lineOf(message);
      const before = chains.get(line);
      const present = process.clock.monotonic();
      if (!isPassedOn(message)) {
        chains.delete(line);
        return undefined;
      }
      // If somebody else was faster the name was away meanwhile.
      const since = before?.value === value ? before.since : present;
      chains.set(line, { since, value: nextOf(message)?.value });
      if (present - since <= SERVED_MS + PRECISION_MS) return undefined;
      return `process ${process.index} has passed ${name} on for ${present - since} ms`;
    },
  });
};
