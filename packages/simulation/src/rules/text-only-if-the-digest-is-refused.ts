import { namesIn, RefusedForOne } from "../limits.ts";
import { rule } from "../rule.ts";

export const textOnlyIfTheDigestIsRefused = () => {
  /** Which processes were refused by which servers for the command itself, as far as they can know. */
  const forbidden = new Set<string>();
  return rule({
    name: "text only if the digest is refused",
    promise: "The script's text is sent only when its digest was just refused, or may not be used there.",
    onMessage(message) {
      const { command, isAgain, server } = message.question;
      const way = `process ${command.process.index} to node ${server}`;
      if (message.what === "answered" && message.outcome instanceof RefusedForOne) {
        const isAlone = namesIn(command.questions).length === 1;
        const { message: text } = message.outcome;
        if (text.includes("'evalsha'") || (isAlone && text.startsWith("NOPERM"))) forbidden.add(way);
      }
      if (message.what !== "sent" || !command.isText || isAgain || forbidden.has(way)) return undefined;
      return `${way}: a text, unasked`;
    },
  });
};
