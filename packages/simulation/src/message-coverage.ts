import { isExecuted, isHeardGrant, isSent, type Message, puts } from "./facts.ts";
import type { Simulation } from "./simulation.ts";

/** Counts the meetings of messages that the rules on them are for. */
export function coverMessage(
  message: Message,
  { coverage, holdings, journal, plan, watches }: Simulation,
): void {
  const { operation, value } = message.question;
  const facts = journal.threadOf(message);
  if (isSent(message, "release")) {
    const undo = facts.findIndex((fact) => isSent(fact, "release"));
    if (facts.slice(undo).some(isHeardGrant)) coverage.count("late grant taken back");
  }
  const { name, command } = message.question;
  const behind = command.questions.slice(command.questions.indexOf(message.question));
  if (isSent(message, "release") && behind.some((one) => one.operation === "acquire" && one.name === name))
    coverage.count("acquire behind a release");
  if (message.what !== "executed") return;
  if (puts(operation) && facts.some((fact) => isExecuted(fact, "release")))
    coverage.count(operation === "acquire" ? "copy after undo" : "repair after undo");
  // Nobody was given it yet.
  const isRaise = () => plan.options.fencing && ![...watches].some(({ lock }) => lock?.value === value);
  if (operation === "extend" && message.outcome === 1 && isRaise()) coverage.count("token raised");
  if (operation !== "release") return;
  // The danger that a fresh value for every attempt is for: the undo of an old one meets the grant of a new one.
  const isOld = holdings.valid().some(({ lock, values }) => lock.value !== value && values.has(value));
  if (isOld) coverage.count("undo after grant");
}
