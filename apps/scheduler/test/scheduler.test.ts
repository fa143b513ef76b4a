import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { expect, it } from "vitest";
import { type Instance, type Report, startTeam } from "./instance.ts";

const begins = ({ what }: Report) => what === "begins";
const fates = ({ what }: Report) => !["begins", "waits for", "stopped"].includes(what);

/** Freezes the second of two, and resolves with the tick that the first one has run meanwhile. */
async function runWithout([first, second]: readonly Instance[]): Promise<string> {
  second?.signal("SIGSTOP");
  // A tick before that may have found it awake.
  const frozen = new Date().toISOString();
  return (await (first as Instance).report(({ what, tick }) => what === "ran" && tick > frozen)).tick;
}

/** Lets the second one go on, and resolves with what it makes of the tick. */
async function wake([, second]: readonly Instance[], tick: string): Promise<Report | undefined> {
  second?.signal("SIGCONT");
  return second?.report((report) => fates(report) && report.tick >= tick);
}

/**
 * A tick in 6 s, in which the instances start, and then one a minute: it is the last one for so long that an instance which is
 * woken finds it, also where the machine stands still.
 */
function rarely(): string {
  return `${new Date(Date.now() + 6_000).getUTCSeconds()} * * * * *`;
}

/** Resolves when so many ms have passed since the tick, by the wall clock, as the instances see it. */
async function passed(ms: number, tick: string): Promise<void> {
  const left = () => Date.parse(tick) + ms - Date.now();
  while (left() > 0) await new Promise((resolve) => setTimeout(resolve, left()));
}

const isLocked = (redis: RedisServer, tick: string) => redis.command("EXISTS", `report:${tick}`);

it.concurrent("every tick runs on exactly one of three instances", async ({ expect }) => {
  await using redis = await startServer();
  await using team = await startTeam(3, redis.url, "--pattern", "* * * * * *", "--work", "50");
  const { instances } = team;
  const isThird = (instance: Instance) => () => instance.reports.filter(fates).length >= 3;
  await Promise.all(instances.map((instance) => instance.report(isThird(instance))));
  for (const instance of instances) instance.signal("SIGTERM");
  expect(await Promise.all(instances.map(({ ended }) => ended))).toEqual([0, 0, 0]);

  const reports = instances.flatMap((instance) => instance.reports);
  const ran = reports.filter(({ what }) => what === "ran").map(({ tick }) => tick);
  const ticks = reports.filter(fates).map(({ tick }) => tick);
  expect(ran.sort()).toEqual([...new Set(ticks)].sort());
  expect(new Set(reports.filter(fates).map(({ what }) => what))).toEqual(new Set(["ran", "taken"]));
});

it.concurrent("an instance whose timer fires a second later finds the tick taken, though it is done", async ({
  expect,
}) => {
  await using redis = await startServer();
  await using team = await startTeam(2, redis.url, "--pattern", rarely(), "--work", "0");
  const tick = await runWithout(team.instances);
  await passed(1_000, tick);
  expect(await isLocked(redis, tick)).toBe(1);
  expect(await wake(team.instances, tick)).toEqual({ what: "taken", tick });
});

it.concurrent("an instance whose timer fires when the lock has expired lets the tick pass", async ({
  expect,
}) => {
  await using redis = await startServer();
  // The lock lasts for twice as long.
  const args = ["--pattern", rarely(), "--work", "0", "--apart", "3000"];
  await using team = await startTeam(2, redis.url, ...args);
  const tick = await runWithout(team.instances);
  await expect.poll(() => isLocked(redis, tick)).toBe(0);
  expect(await wake(team.instances, tick)).toEqual({ what: "too late", tick });
});

it.concurrent("an instance that is stopped ends the job that runs, and leaves its tick locked", async ({
  expect,
}) => {
  await using redis = await startServer();
  await using team = await startTeam(1, redis.url, "--pattern", rarely(), "--work", "3000");
  const [instance] = team.instances as [Instance];
  const { tick } = await instance.report(begins);
  instance.signal("SIGTERM");
  expect(await instance.ended).toBe(0);
  expect(instance.reports.slice(-2).map(({ what }) => what)).toEqual(["ran", "stopped"]);
  expect(await isLocked(redis, tick)).toBe(1);
});

it.concurrent("the next tick runs when the holder was killed in the middle of one, which runs nowhere again", async ({
  expect,
}) => {
  await using redis = await startServer();
  await using team = await startTeam(3, redis.url, "--pattern", "* * * * * *", "--work", "600000");
  const starts = team.instances.map(async (instance) => ({ instance, ...(await instance.report(begins)) }));
  const holder = await Promise.race(starts);
  holder.instance.signal("SIGKILL");
  expect(await holder.instance.ended).toBe(null);
  const others = team.instances.filter((instance) => instance !== holder.instance);
  const later = (report: Report) => begins(report) && report.tick > holder.tick;
  await Promise.race(others.map((instance) => instance.report(later)));
  const begun = team.instances.flatMap(({ reports }) => reports.filter(begins)).map(({ tick }) => tick);
  expect(begun.filter((tick) => tick === holder.tick)).toHaveLength(1);
});

it("a tick that cannot be locked because Redis is away runs nowhere, and says so", async () => {
  const redis = await startServer();
  await using team = await startTeam(1, redis.url, "--pattern", "* * * * * *");
  const [instance] = team.instances as [Instance];
  await redis.stop();
  // A tick before that may have found it there.
  const stopped = new Date().toISOString();
  const after = ({ tick }: Report) => tick > stopped;
  await instance.report((report) => report.what === "failed" && after(report));
  expect(instance.reports.filter((report) => begins(report) && after(report))).toEqual([]);
});
