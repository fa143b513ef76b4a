import type { Command } from "@redsync/core";

/**
 * Whether a reply is the present in microseconds, or a second before it or after it. If so much time has passed that it may be
 * more than one of them, all that it may be.
 */
function timesOf(reply: unknown, since: number): string[] {
  return [-1, 0, 1].flatMap((off) => {
    const ms = Number(reply) / 1_000 - off * 1_000;
    return ms >= since - 1 && ms <= Date.now() + 1 ? [`the time ${off === 0 ? "" : `and ${off} s`}`] : [];
  });
}

const aboutTtl = (ttl: number): string => `about ${Math.ceil(ttl / 50_000) * 50_000}`;

/** In all the ways in which one answer of core's script may be read: of "taken" the TTL roughly, of a token the time. */
function waysOf(answer: unknown, since: number): string[] {
  if (Array.isArray(answer) && answer.length === 2 && answer[0] === 0 && answer[1] > 0)
    return [`taken, ${aboutTtl(answer[1])}`];
  const times = timesOf(answer, since);
  return times.length > 0 ? times : [JSON.stringify(answer)];
}

/** The ways of all answers together. */
const product = (lists: readonly string[][]): string[] =>
  lists.reduce((all, ways) => all.flatMap((one) => ways.map((way) => `${one} ${way};`)), [""]);

/** What was replied to each command, in all the ways in which it may be read: one, but for a machine that stood still. */
export async function replies(send: (command: Command) => Promise<unknown>, commands: readonly Command[]) {
  const told: string[][] = [];
  for (const command of commands) {
    const since = Date.now();
    const reply = await send(command).catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const [name, ...args] = command;
    const isTtl = name.toUpperCase() === "PTTL" && typeof reply === "number" && reply > 0;
    const ways = Array.isArray(reply)
      ? product(reply.map((answer) => waysOf(answer, since)))
      : isTtl
        ? [aboutTtl(reply)]
        : waysOf(reply, since);
    const shown = [name, ...args.filter((text) => text.length < 200)].join(" ");
    told.push(ways.map((text) => `${shown} → ${text}`));
  }
  return told;
}
