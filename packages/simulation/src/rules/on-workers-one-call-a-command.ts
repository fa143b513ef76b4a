import { rule } from "../rule.ts";

export const onWorkersOneCallACommand = rule({
  name: "on Workers one call a command",
  promise:
    "On Workers a command never holds questions of two calls: what one request sends, another cannot receive.",
  onMessage(message, { callOf, coverage, plan }) {
    if (message.what !== "sent" || !plan.onWorkers) return undefined;
    const { command } = message.question;
    if (command.questions.length > 1) coverage.countOnce("several questions on Workers", command);
    const calls = new Set(command.questions.map(({ value }) => callOf.get(value)));
    if (calls.size === 1) return undefined;
    return `${command.questions.map(({ value }) => value).join(" and ")} in one command`;
  },
});
