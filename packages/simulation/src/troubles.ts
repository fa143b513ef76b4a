import type { Home } from "./caller.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

const LASTS_EXPIRIES = 10;

type Trouble = "freeze" | "restart" | "delayedRestart" | "forget" | "cut" | "flushScripts";

/** Troubles a server again and again, until the schedule is old. */
export function troubleServer(world: World, server: Server, random: Random): void {
  const { options, troubles } = world.plan;
  const { scheduler } = world;
  const kinds = ["freeze", "restart", "delayedRestart", "forget", "cut", "flushScripts"] as const;
  const next = () =>
    scheduler.after(random.between(0, 4) * options.expiry, () => {
      if (scheduler.now > LASTS_EXPIRIES * options.expiry) return;
      const kind = random.pick(kinds);
      if (!random.chance(troubles[kind])) return next();
      world.log(() => `node ${server.index}: ${kind}`);
      world.saw(kind);
      begin(world, server, kind, random, next);
    });
  next();
}

function begin(world: World, server: Server, kind: Trouble, random: Random, then: () => void): void {
  const { scheduler, plan } = world;
  const { expiry } = plan.options;
  const later = (ms: number, end: () => void) =>
    scheduler.after(ms, () => {
      world.log(() => `node ${server.index}: ${kind} is over`);
      end();
      then();
    });
  if (kind === "freeze") {
    server.freeze();
    later(random.between(0.1, 2.5) * expiry, () => server.thaw());
  } else if (kind === "cut" || kind === "flushScripts") {
    if (kind === "cut") world.cut(server);
    else server.flushScripts();
    then();
  } else {
    server.kill();
    if (plan.weather.keepsOrder) world.cut(server);
    const away = kind === "delayedRestart" ? server.trueTime(expiry) : random.between(0, 0.3) * expiry;
    later(away, () => {
      server.start(kind === "restart");
      if (kind !== "restart") world.forgot(server);
    });
  }
}

/** Empties one server after the other, when all of them have what is held, and the last one had time to get it back. */
export function wipeServers(world: World, servers: readonly Server[], random: Random): void {
  const { expiry } = world.plan.options;
  const next = () =>
    world.scheduler.after(random.between(1.5, 3) * expiry, () => {
      if (world.scheduler.now > 2 * LASTS_EXPIRIES * expiry) return;
      if (
        world.asking.size === 0 &&
        world.holdings.valid().every(({ lock }) => world.holdings.isWhole(lock))
      ) {
        const server = random.pick(servers);
        world.log(() => `node ${server.index}: wiped`);
        world.saw("wiped");
        server.wipe();
        world.forgot(server);
        world.wipedAt = world.scheduler.now;
      }
      next();
    });
  next();
}

/** Takes one name of a lock away, by hand, on so many servers that it is lost. */
export function tamperWithServers(world: World, servers: readonly Server[], random: Random): void {
  const { expiry } = world.plan.options;
  const next = () =>
    world.scheduler.after(random.between(0.5, 2) * expiry, () => {
      if (world.scheduler.now > 2 * LASTS_EXPIRIES * expiry) return;
      // What an extension in flight has seen already it does not see go.
      const [holding] = random.shuffle(
        world.holdings.valid().filter(({ watch }) => (watch.keeping?.idle ?? 0) > world.timeout),
      );
      if (holding) {
        const name = random.pick(holding.lock.names);
        const value = random.pick([undefined, "somebody"]);
        const least = Math.ceil(servers.length / 2);
        const some = random.shuffle(servers).slice(0, random.integer(least, servers.length));
        for (const server of some) server.tamper(name, value, 2 * expiry);
        world.log(() => `${some.length} nodes: ${holding.lock.value} loses ${name} to ${value}`);
        world.saw("tampered");
        world.holdings.drop(holding);
        holding.watch.keeping?.tampered();
      }
      next();
    });
  next();
}

/** Pauses, puts to sleep, confuses or kills a process. */
export function troubleProcess(world: World, { machine }: Home, random: Random): void {
  const { options, troubles } = world.plan;
  const { scheduler } = world;
  const span = LASTS_EXPIRIES * options.expiry;
  const at = (act: string, run: () => void) =>
    scheduler.after(random.between(0, span), () => {
      world.log(() => `process ${machine.index}: ${act}`);
      world.saw(act);
      run();
    });
  for (let i = 0; i < 3; i++) {
    if (!random.chance(troubles.pause)) continue;
    const ms = random.between(0.1, 1.5) * options.expiry;
    at("paused", () => machine.pause(ms, troubles.clocks === "suspended"));
  }
  // Process 0 lives: somebody must be there to break the rules.
  if (machine.index > 0 && random.chance(troubles.crash)) at("crashed", () => machine.crash());
  if (troubles.clocks !== "stepped") return;
  for (let i = 0; i < 2; i++) {
    const step = random.between(-1, 1) * options.expiry;
    at("clock set", () => machine.stepWall(step));
  }
}
