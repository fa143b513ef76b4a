import { setTimeout as pause } from "node:timers/promises";
import type { Command, Reply } from "@redsync/core";
import { BASE, presently } from "./asking.ts";

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

const STEP_MS = 3_000_000;
const aboutTtl = (ttl: number): string => `about ${Math.ceil(ttl / STEP_MS) * STEP_MS}`;

/** In all the ways in which one answer of core's script may be read: of "taken" the TTL roughly, of a token the time. */
function waysOf(answer: unknown, since: number): string[] {
  if (Array.isArray(answer) && answer.length >= 4 && answer[0] === 0) {
    const [, left, time, who, ...place] = answer;
    const ttl = left > 0 ? aboutTtl(left) : left;
    return timesOf(time, since).map((at) => `taken, ${ttl}, ${at}, ${JSON.stringify([who, ...place])}`);
  }
  const times = timesOf(answer, since);
  return times.length > 0 ? times : [JSON.stringify(answer)];
}

/** The ways of all answers together. */
const product = (lists: readonly string[][]): string[] =>
  lists.reduce((all, ways) => all.flatMap((one) => ways.map((way) => `${one} ${way};`)), [""]);

/** How a play is looked at, and what its commands are beside those of a server. */
export interface Stage {
  send(command: Command): Promise<Reply>;
  /** The queues that are looked at after each command. */
  readonly queues: readonly string[];
  /** Members and their scores, in their order, and the TTL. */
  queue(key: string): Promise<readonly [members: readonly string[], ttl: number]>;
}

/** A queue in all the ways in which it may be read: scores by the time at which somebody came, or by the present. */
async function queueShown({ queue }: Stage, key: string, start: number): Promise<string[]> {
  const [members, ttl] = await queue(key);
  const shown = members.map((text, at) => {
    if (at % 2 === 0) return [text];
    const score = Number(text) - BASE;
    const isPresent = score > 1_000_000_000 && score < 7_200_000_000;
    return isPresent ? timesOf(Number(text), start) : [Math.abs(score) < 600_000 ? `${score}` : text];
  });
  return product(shown).map((text) => `queue ${key}: ${text} ${ttl > 0 ? aboutTtl(ttl) : ttl}`);
}

/** A pause, among the commands of a play. */
export const sleep = (ms: number): Command => ["SLEEP", `${ms}`];

/** What was replied to each command, in all the ways in which it may be read: one, but for a machine that stood still. */
export async function replies(stage: Stage, commands: readonly Command[]) {
  const told: string[][] = [];
  const start = Date.now();
  for (const command of commands) {
    const [name, ...args] = command;
    if (name === "SLEEP") {
      await pause(Number(args[0]));
      continue;
    }
    const since = Date.now();
    const reply = await stage
      .send(presently(command))
      .catch((error: Error) => `(error) ${error.message.split(" ")[0]}`);
    const isTtl = name.toUpperCase() === "PTTL" && typeof reply === "number" && reply > 0;
    const ways = Array.isArray(reply)
      ? product(reply.map((answer) => waysOf(answer, since)))
      : isTtl
        ? [aboutTtl(reply)]
        : waysOf(reply, since);
    const shown = [name, ...args.filter((text) => text.length < 200)].join(" ");
    told.push(ways.map((text) => `${shown} → ${text}`));
    for (const key of stage.queues) told.push(await queueShown(stage, key, start));
  }
  return told;
}
