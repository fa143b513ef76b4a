import type { Home } from "./contender.ts";
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
      if (kind !== "restart") world.journal.forgot(server.index);
    });
  }
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
