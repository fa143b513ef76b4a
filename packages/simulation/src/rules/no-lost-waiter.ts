import { isSent } from "../facts.ts";
import type { Waiter } from "../lines.ts";
import type { Process } from "../process.ts";
import { type Complaint, type Context, firstOf, rule } from "../rule.ts";
import type { Server } from "../server.ts";
import { isOrderly, partsOf } from "../waits.ts";

const PRECISION_MS = 5;
/** How long a waiter that is called waits for the calls of other nodes, and one that polls before it enters the queues. */
const GATHERING_MS = 10;
const MS_PER_PLACE = 20;

/** A name that nobody has, though somebody waits. */
interface Idle {
  readonly since: number;
  /** For whom it was kept meanwhile, and for how long each time. */
  readonly spans: Map<string, number>;
  /** How much of its bound that has taken. */
  share: number;
}

/**
 * The bound: the least that a live waiter pauses, I, which is for one that is called the longer of a quarter of an expiry and 20 ms a
 * place, and its retry delay otherwise; for each waiter for which the name was kept in vain its span S (a deadline, and the pause of
 * one that polls) and I again; and four ways, twice on several nodes, of which grants may be split.
 */
export const noLostWaiter = () => {
  const idle = new Map<string, Idle>();
  /** Values of locks that were given, and the processes of all that were asked for. */
  const given = new Set<string>();
  const askers = new Map<string, Process>();
  return rule({
    name: "no lost waiter",
    promise:
      "While nodes are calm, and a quorum has a name free, or keeps it for who does not come, one of those who wait has it within a bound.",
    onReport(report) {
      if (report.what === "given") given.add(report.lock.value);
      return undefined;
    },
    onMessage(message) {
      if (isSent(message, "acquire")) askers.set(message.question.value, message.question.command.process);
      return undefined;
    },
    onStep(context) {
      const { lines, now, plan } = context;
      if (!isOrderly(context) || plan.widest > 1) return undefined;
      const waiting = lines.all.filter(
        ({ joinedAt, process }) => joinedAt !== undefined && !process.isDisturbed,
      );
      const names = new Set([...idle.keys(), ...waiting.map(({ name }) => name)]);
      return firstOf(names, (name) => {
        const live = waiting.filter((waiter) => waiter.name === name);
        if (live.length === 0 || isHeld(name, context.servers)) {
          const share = idle.get(name)?.share ?? 0;
          if (share > 0.5)
            context.coverage.count(`nobody has a name for ${Math.ceil(share * 10)} tenths of the bound`);
          idle.delete(name);
          return undefined;
        }
        const found = idle.get(name) ?? { since: now, spans: new Map(), share: 0 };
        idle.set(name, found);
        return complaintOf(name, found, live, context);
      });
    },
  });

  /** So many nodes have values of locks that were given, or of processes that stand still, that nobody can be given it. */
  function isHeld(name: string, servers: readonly Server[]): boolean {
    const storing = servers.filter((server) => {
      const value = server.valueOf(name) ?? "";
      const asker = askers.get(value);
      return given.has(value) || asker?.isCrashed || asker?.isDisturbed;
    });
    return storing.length * 2 >= servers.length;
  }

  function complaintOf(name: string, found: Idle, live: readonly Waiter[], context: Context): Complaint {
    const { since, spans } = found;
    const { coverage, lines, now, plan, servers, timeout, wake } = context;
    for (const server of servers) {
      const value = server.valueOf(name) ?? "";
      const id = partsOf(value);
      if (id && !spans.has(value)) spans.set(value, id.span);
    }
    // Whoever came meanwhile, or asks for another one now, has his own pause before him.
    const there = live.filter(({ joinedAt = now }) => joinedAt <= since);
    if (there.length === 0) return undefined;
    const waiters = lines.all.filter((waiter) => waiter.name === name).length + spans.size;
    const called = Math.min(
      Math.max(plan.options.expiry / 4, waiters * MS_PER_PLACE),
      4 * plan.options.expiry,
    );
    const pauses = there.map(({ process, pause, isCalled }) =>
      process.trueTime(isCalled ? Math.max(called, pause) : pause),
    );
    const least = Math.min(...pauses);
    const ways = 4 * plan.network.ways.usual[1] + GATHERING_MS + PRECISION_MS;
    const rounds = servers.length > 1 ? 2 : 1;
    let most = rounds * (least + ways) + timeout;
    for (const span of spans.values()) most += rounds * (span * 1.25 + least + ways);
    coverage.countOnce("a name that nobody has, though some wait", since);
    wake(most - (now - since) + 1);
    found.share = Math.max(found.share, (now - since) / most);
    if (now - since <= most) return undefined;
    return `${name} is nobody's for ${now - since} ms, at most ${most}, kept for ${[...spans.keys()].join(", ") || "nobody"}; ${there.length} wait`;
  }
};
