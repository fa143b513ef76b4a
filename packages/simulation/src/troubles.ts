import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
import type { Simulation } from "./simulation.ts";

/** Until then troubles begin. */
export const LASTS_EXPIRIES = 10;

type Trouble = "freeze" | "restart" | "delayedRestart" | "forget" | "cut" | "flushScripts";

/** Troubles a server again and again, until the schedule is old. */
export function troubleServer(simulation: Simulation, server: Server, random: Random): void {
  const { options, troubles } = simulation.plan;
  const { scheduler } = simulation;
  const kinds = ["freeze", "restart", "delayedRestart", "forget", "cut", "flushScripts"] as const;
  const next = () =>
    scheduler.after(random.between(0, 4) * options.expiry, () => {
      if (scheduler.now > LASTS_EXPIRIES * options.expiry) return;
      const kind = random.pick(kinds);
      if (!random.chance(troubles[kind])) return next();
      simulation.log(() => `node ${server.index}: ${kind}`);
      simulation.coverage.count(kind);
      begin(simulation, server, kind, random, next);
    });
  next();
}

function begin(
  simulation: Simulation,
  server: Server,
  kind: Trouble,
  random: Random,
  then: () => void,
): void {
  const { scheduler, plan } = simulation;
  const { expiry } = plan.options;
  const later = (ms: number, end: () => void) =>
    scheduler.after(ms, () => {
      simulation.log(() => `node ${server.index}: ${kind} is over`);
      end();
      then();
    });
  if (kind === "freeze") {
    server.freeze();
    later(random.between(0.1, 2.5) * expiry, () => server.thaw());
  } else if (kind === "cut" || kind === "flushScripts") {
    if (kind === "cut") simulation.cut(server);
    else server.flushScripts();
    then();
  } else {
    server.kill();
    if (plan.network.keepsOrder) simulation.cut(server);
    const away = kind === "delayedRestart" ? server.trueTime(expiry) : random.between(0, 0.3) * expiry;
    later(away, () => {
      server.start(kind === "restart");
      if (kind !== "restart") simulation.forgot(server);
    });
  }
}

/** Empties one server after the other, when all of them have what is held, and the last one had time to get it back. */
export function wipeServers(simulation: Simulation, random: Random): void {
  const { expiry } = simulation.plan.options;
  const next = () =>
    simulation.scheduler.after(random.between(1.5, 3) * expiry, () => {
      if (simulation.scheduler.now > 2 * LASTS_EXPIRIES * expiry) return;
      if (
        simulation.asking.size === 0 &&
        simulation.holdings.valid().every(({ lock }) => simulation.holdings.isWhole(lock))
      ) {
        const server = random.pick(simulation.servers);
        simulation.log(() => `node ${server.index}: wiped`);
        simulation.coverage.count("wiped");
        server.wipe();
        simulation.forgot(server);
        simulation.wipedAt = simulation.scheduler.now;
      }
      next();
    });
  next();
}

/** Takes one name of a lock away, by hand, on so many servers that it is lost. */
export function tamperWithServers(simulation: Simulation, random: Random): void {
  const { servers } = simulation;
  const { expiry } = simulation.plan.options;
  const next = () =>
    simulation.scheduler.after(random.between(0.5, 2) * expiry, () => {
      if (simulation.scheduler.now > 2 * LASTS_EXPIRIES * expiry) return;
      // What an extension in flight has seen already it does not see go.
      const [holding] = random.shuffle(
        simulation.holdings.valid().filter(({ watch }) => watch.idle > simulation.timeout),
      );
      if (holding) {
        const name = random.pick(holding.lock.names);
        const value = random.pick([undefined, "somebody"]);
        const least = Math.ceil(servers.length / 2);
        const some = random.shuffle(servers).slice(0, random.integer(least, servers.length));
        for (const server of some) server.tamper(name, value, 2 * expiry);
        simulation.log(() => `${some.length} nodes: ${holding.lock.value} loses ${name} to ${value}`);
        simulation.coverage.count("tampered");
        simulation.holdings.drop(holding);
        holding.watch.tampered();
      }
      next();
    });
  next();
}

/** Pauses, puts to sleep, confuses or kills a process. */
export function troubleProcess(simulation: Simulation, process: Process, random: Random): void {
  const { options, troubles } = simulation.plan;
  const { scheduler } = simulation;
  const span = LASTS_EXPIRIES * options.expiry;
  const at = (act: string, run: () => void) =>
    scheduler.after(random.between(0, span), () => {
      simulation.log(() => `process ${process.index}: ${act}`);
      simulation.coverage.count(act);
      run();
    });
  for (let i = 0; i < 3; i++) {
    if (!random.chance(troubles.pause)) continue;
    const ms = random.between(0.1, 1.5) * options.expiry;
    at("paused", () => process.pause(ms, troubles.clocks === "suspended"));
  }
  // Process 0 lives: somebody must be there to break the rules.
  if (process.index > 0 && random.chance(troubles.crash)) {
    const noticed = random.pick([0, random.between(0, 3) * options.expiry]);
    at("crashed", () => process.crash(noticed));
  }
  for (const connection of process.connections) {
    if (random.chance(troubles.deafness))
      at("its subscription broken", () => connection.subscriptions.break());
  }
  if (troubles.clocks !== "stepped") return;
  for (let i = 0; i < 2; i++) {
    const step = random.between(-1, 1) * options.expiry;
    at("clock set", () => process.stepWall(step));
  }
}
