import type { MutexOptions, RedisNode, Redsync } from "@redsync/core";
import type { Clock } from "../../core/src/clock.ts";
import type { Home } from "./caller.ts";
import { Machine } from "./machine.ts";
import { Connection } from "./network.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";
import { Server } from "./server.ts";
import type { Subject, World } from "./world.ts";

type InjectedRedsync = new (nodes: readonly RedisNode[], options: MutexOptions, clock: Clock) => Redsync;

export function serversFor({ plan, scheduler }: World, subject: Subject, random: Random): Server[] {
  return times(plan.servers, (index) => {
    const pace = { rate: rateOf(plan, random), off: offBy(plan.serversOff, random) };
    return new Server(index, scheduler, pace, subject);
  });
}

/** A process, and its connections to the servers. */
export function homeIn(
  world: World,
  index: number,
  { Redsync }: Subject,
  servers: readonly Server[],
  random: Random,
): Home & { readonly connections: readonly Connection[] } {
  const { plan, scheduler } = world;
  const rates = {
    monotonic: rateOf(plan, random),
    wall: rateOf(plan, random),
    off: offBy(plan.processesOff, random),
  };
  const machine = new Machine(index, scheduler, rates);
  const around = {
    scheduler,
    journal: world.journal,
    weather: plan.weather,
    log: world.log,
    ran: world.witness,
  };
  const connections = servers.map((server) => new Connection(machine, server, around, random.fork()));
  const Injected = Redsync as unknown as InjectedRedsync;
  return { machine, connections, redsync: new Injected(connections, {}, machine.clock) };
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
