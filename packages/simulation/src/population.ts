import type { MutexOptions, RedisNode, Redsync } from "@redsync/core";
import type { Clock } from "../../core/src/clock.ts";
import { Connection } from "./connection.ts";
import type { Plan } from "./plan.ts";
import { Process } from "./process.ts";
import type { Random } from "./random.ts";
import { Server } from "./server.ts";
import type { Simulation, Subject } from "./simulation.ts";

type InjectedRedsync = new (nodes: readonly RedisNode[], options: MutexOptions, clock: Clock) => Redsync;

export function serversFor({ plan, scheduler }: Simulation, subject: Subject, random: Random): Server[] {
  return times(plan.servers, (index) => {
    const pace = { rate: rateOf(plan, random), off: offBy(plan.serversOff, random) };
    return new Server(index, scheduler, pace, plan.limits[index] ?? {}, subject);
  });
}

/** A process with core, and its connections to the servers. */
export function processFor(
  { journal, log, onCall, onStop, plan, scheduler, servers }: Simulation,
  index: number,
  { Redsync }: Subject,
  random: Random,
): Process {
  const rates = {
    monotonic: rateOf(plan, random),
    wall: rateOf(plan, random),
    off: offBy(plan.processesOff, random),
  };
  const around = { scheduler, journal, network: plan.network, log, onCall, onStop };
  const Injected = Redsync as unknown as InjectedRedsync;
  return new Process(index, scheduler, rates, (process) => {
    const connections = servers.map(
      (server) => new Connection(process, server, around, random.fork(), plan.listening[index]),
    );
    const install = () => new Injected(connections, {}, process.clock);
    return { connections, redsync: plan.onWorkers ? onWorkers(install) : install() };
  });
}

/** The names that a contender may want. */
export function poolOf({ kind, names, widest }: Plan, index: number, random: Random): string[] {
  if (kind === "repairs") return [`name-${index}`];
  if (kind === "deletions") return times(names, (each) => `name-${index}-${each}`);
  const all = times(names, (each) => `name-${each}`);
  return widest > 1 ? all : [random.pick(all)];
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Two clocks that each drift by half of what the lock's validity allows for differ by no more than the whole. */
function rateOf({ options }: Plan, random: Random): number {
  const drift = options.driftFactor / 2;
  return random.pick([1 - drift, 1, 1 + drift]);
}

function offBy(most: number, random: Random): number {
  return Math.round(random.between(-most, most));
}

/** Core finds out where it is when it is installed. */
function onWorkers<T>(install: () => T): T {
  const runtime = globalThis as { EdgeRuntime?: string };
  runtime.EdgeRuntime = "simulated";
  try {
    return install();
  } finally {
    delete runtime.EdgeRuntime;
  }
}
