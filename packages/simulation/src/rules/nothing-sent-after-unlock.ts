import { keeps } from "../facts.ts";
import { rule } from "../rule.ts";

export const nothingSentAfterUnlock = rule({
  name: "nothing sent after unlock",
  promise:
    "After an unlock nothing is sent that would keep the value, and after a hand-over the giver extends it no more.",
  onMessage(message, { journal }) {
    const { isAgain, name, operation, server, value } = message.question;
    if (message.what !== "sent" || isAgain || !keeps(operation) || !journal.isUnlocked(value))
      return undefined;
    return `${operation} of ${value} for ${name} to node ${server}`;
  },
  onReport(report) {
    if (report.what !== "extended") return undefined;
    const { letGo } = report.watch;
    if (!letGo?.isHandedOver || letGo.at >= report.began) return undefined;
    return "extended by a giver, after it was handed over";
  },
});
