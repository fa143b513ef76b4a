import { isSent } from "../facts.ts";
import { firstOf, rule } from "../rule.ts";

export const noAcquireAfterItsUndo = rule({
  name: "no acquire after its undo",
  promise:
    "A value that was taken back is never asked for again: on any connection the undo could overtake it.",
  onEnd({ cleanup, journal, mayRetake }) {
    if (mayRetake) return undefined;
    return firstOf(cleanup.finishedValues, (value) =>
      firstOf(journal.threadsOf(value), ([where, facts]) => {
        const release = facts.findIndex((fact) => isSent(fact, "release"));
        if (release < 0) return undefined;
        return facts.slice(release).some((fact) => isSent(fact, "acquire", "repair")) ? where : undefined;
      }),
    );
  },
});
