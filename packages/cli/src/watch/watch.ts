import { setTimeout as pause } from "node:timers/promises";
import { A_HUNDRED_YEARS, LONGEST, readDuration } from "../duration.ts";
import { forLooking, look, type Sight, verdictOf } from "../inspect/look.ts";
import { say, sayJson } from "../output.ts";
import { checkMutex, type NodeOptions, withNodes, withRedsync } from "../session.ts";
import { status } from "../status.ts";
import { type Moment, samePhase, textOf } from "./moment.ts";
import { Timeline } from "./timeline.ts";

export interface WatchOptions extends NodeOptions {
  readonly interval: string;
  readonly for?: string;
}

/** `redsync watch`: who holds a name when, until it is ended. */
export async function watch(name: string, options: WatchOptions): Promise<number> {
  checkMutex(name);
  const interval = readDuration("--interval", options.interval, ["10ms", LONGEST]);
  const span =
    options.for === undefined ? Infinity : readDuration("--for", options.for, ["0s", A_HUNDRED_YEARS]);
  return withNodes(options, "quorum", (connections) =>
    withRedsync(connections, forLooking, async (redsync) => {
      const show = showerFor(name, options);
      const end = performance.now() + span;
      do {
        const moment = momentOf(await look(redsync, name, connections));
        await show(moment);
        await pause(Math.min(interval, Math.max(end - performance.now(), 0)));
      } while (performance.now() < end);
      return status.done;
    }),
  );
}

function momentOf(sights: readonly Sight[]): Moment {
  const verdict = verdictOf(sights);
  const most = (values: readonly (number | undefined)[]) => Math.max(0, ...values.map((value) => value ?? 0));
  const token = most(sights.map((sight) => sight.token));
  return {
    time: new Date(),
    ...verdict,
    nodes: sights.length,
    remaining: most(sights.map(({ remaining }) => remaining)),
    waiters: most(sights.map(({ waiters }) => waiters)),
    token: token > 0 ? token : undefined,
  };
}

/** In a terminal a timeline that is drawn anew; else a line for each change. */
function showerFor(name: string, { json = false }: WatchOptions): (moment: Moment) => Promise<void> {
  if (process.stdout.isTTY && !json) {
    const timeline = new Timeline(name);
    return (moment) => timeline.add(moment);
  }
  let last: Moment | undefined;
  return async (moment) => {
    if (last && samePhase(last, moment)) return;
    last = moment;
    await (json ? sayJson({ name, ...moment }) : say(textOf(moment)));
  };
}
