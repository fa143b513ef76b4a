import { calmFrom, isCalm } from "../calm.ts";
import type { Waiter } from "../lines.ts";
import { isPassedOn, isUnlock, lineOf } from "../passing-on.ts";
import { firstOf, rule } from "../rule.ts";

const PRECISION_MS = 5;

export const aFreeNameIsAskedFor = () => {
  const freeSince = new Map<string, number>();
  /** Since when each waits for a name that is free. */
  const waits = new Map<Waiter, number>();
  /** When a lock of a process was unlocked, and not passed on: its line pauses from then on, for others. */
  const pausedAt = new Map<string, number>();
  return rule({
    name: "a free name is asked for",
    promise:
      "While nodes are calm, a name is free for no longer than the shortest pause of those in line, from an unlock on.",
    onMessage(message, context) {
      if (isUnlock(message, context) && !isPassedOn(message)) pausedAt.set(lineOf(message), context.now);
      return undefined;
    },
    onStep(context) {
      const { coverage, lines, now, plan, servers, timeout, wake } = context;
      if (plan.kind !== "lines") return undefined;
      const { all } = lines;
      for (const name of new Set([...freeSince.keys(), ...all.map((waiter) => waiter.name)])) {
        if (servers.some((server) => server.has(name))) freeSince.delete(name);
        else if (!freeSince.has(name)) freeSince.set(name, now);
      }
      if (!isCalm(context)) return undefined;
      return firstOf(all, (waiter) => {
        const free = freeSince.get(waiter.name);
        if (free === undefined || waiter.joinedAt === undefined) return undefined;
        const paused = pausedAt.get(`${waiter.process.index} ${waiter.name}`) ?? 0;
        const since = Math.max(free, paused, waiter.joinedAt, calmFrom(context));
        // An undo is heard, then the pause, then the way there.
        const most = waiter.process.trueTime(waiter.pause) + timeout + PRECISION_MS;
        if (waits.get(waiter) !== since) {
          waits.set(waiter, since);
          wake(most + 1);
          coverage.count("free for those in line");
        }
        if (now - since <= most) return undefined;
        const { name, process, pause } = waiter;
        return `${name} is free for ${now - since} ms, and process ${process.index} waits, at most ${pause} ms a time`;
      });
    },
  });
};
