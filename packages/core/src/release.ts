import { now } from "./clock.ts";
import { NodeError } from "./errors.ts";
import type { Link } from "./link.ts";
import { type Question, Round } from "./round.ts";
import { scripts } from "./scripts.ts";

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 400;

/**
 * Takes our value back from the nodes.
 *
 * Where the client could not deliver that, it is sent again, twice within half a second: what it is to take back may have
 * landed before the connection broke, and most clients are connected again by then. What remains ends with its expiry.
 */
export function release(
  question: Omit<Question, "operation" | "script">,
  pause: number = FIRST_PAUSE_MS,
): Round {
  const { nodes, settings } = question.target;
  const again = (link: Link, answer: unknown) => {
    if (!(answer instanceof NodeError) || answer.refused || pause > Math.min(LAST_PAUSE_MS, settings.expiry))
      return;
    const task = { started: now(nodes.clock), endsWithin: settings.expiry };
    question.work.begin(task);
    nodes.background.after(pause, () => {
      releaseAt(question, link, pause * 4);
      question.work.end(task);
    });
  };
  const release = { ...question, operation: "release", script: scripts.release } as const;
  const round = new Round(release, { wants: () => true, late: again, overdue: () => {} });
  void round.judged.then(() => {
    for (const link of round.asked) again(link, round.answerOf(link));
  });
  return round;
}

/** The same at one node, whether it is silent or not. */
export function releaseAt(
  question: Omit<Question, "operation" | "script">,
  link: Link,
  pause?: number,
): Round {
  return release({ ...question, links: [link], insists: () => true }, pause);
}
