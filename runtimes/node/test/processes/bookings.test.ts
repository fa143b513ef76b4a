import { storeIn } from "@redsync/app-node/booking";
import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BookerJob, BookerReport } from "./booker.ts";
import { type Evidence, gather } from "./booking-evidence.ts";
import { type Account, bookSeats, SEATS } from "./booking-run.ts";
import { keysOn } from "./house.ts";
import { Program } from "./program.ts";

const PROCESSES = 3;
const TASKS = 3;
const EACH = 20;

function expectSound({ confirmed, ...damage }: Evidence, { unlocked }: Pick<Account, "unlocked">): void {
  expect(damage).toEqual({ lost: 0, oversold: 0, overlapping: 0 });
  expect(unlocked).toEqual(Array.from({ length: confirmed }, () => "released"));
}

function expectDamage({ lost, oversold, overlapping }: Evidence): void {
  expect(lost).toBeGreaterThan(0);
  expect(oversold).toBeGreaterThan(0);
  expect(overlapping).toBeGreaterThan(0);
}

describe("the job of the demo, in one process over three nodes in memory", () => {
  async function run(isLocked: boolean): Promise<readonly [Evidence, Account]> {
    const keeper = memoryNode();
    const nodes = [memoryNode(), memoryNode(), memoryNode()];
    const account = await bookSeats(nodes, keeper, { isLocked, tasks: 8, each: EACH });
    expect(account.bookings).toHaveLength(8 * EACH);
    return [gather(account.bookings, await storeIn(keeper, SEATS).read()), account];
  }

  it("loses no booking, sells no seat twice, never overlaps, and releases every lock", async () => {
    expectSound(...(await run(true)));
  });

  it("does all of that if nobody locks, and the same watch finds it", async () => {
    const [evidence] = await run(false);
    expectDamage(evidence);
  });
});

describe.each(["ioredis", "node-redis", "valkey-glide"] as const)(
  "the job of the demo, in three processes over three servers, through %s",
  (client) => {
    let servers: RedisServer[];
    beforeAll(async () => {
      servers = await startServers(4);
    });
    afterAll(() => Promise.all(servers.map((server) => server.stop())));
    beforeEach(() => Promise.all(servers.map((server) => server.command("FLUSHALL"))));

    async function run(isLocked: boolean): Promise<readonly [Evidence, Pick<Account, "unlocked">]> {
      const [keeperPort = 0, ...lockPorts] = servers.map(({ port }) => port);
      const job: BookerJob = { client, keeperPort, lockPorts, isLocked, tasks: TASKS, each: EACH };
      const bookers = Array.from(
        { length: PROCESSES },
        () => new Program<BookerReport>("booker.ts", { ...job }),
      );
      let accounts: readonly Account[];
      try {
        await Promise.all(bookers.map((booker) => booker.next("ready")));
        for (const booker of bookers) booker.tell("begin");
        accounts = await Promise.all(bookers.map((booker) => booker.next("booked")));
        expect(await Promise.all(bookers.map((booker) => booker.ended()))).toEqual([0, 0, 0]);
      } finally {
        await Promise.all(bookers.map((booker) => booker.kill()));
      }

      const bookings = accounts.flatMap((account) => account.bookings);
      expect(bookings).toHaveLength(PROCESSES * TASKS * EACH);
      const plan = JSON.parse(String(await servers[0]?.command("GET", SEATS)));
      return [gather(bookings, plan), { unlocked: accounts.flatMap(({ unlocked }) => unlocked) }];
    }

    it("loses no booking, sells no seat twice, never overlaps, and releases every lock", async () => {
      expectSound(...(await run(true)));
      const [, ...lockServers] = servers;
      expect(await Promise.all(lockServers.map(keysOn))).toEqual([[], [], []]);
    });

    it("does all of that if nobody locks, and the same watch finds it", async () => {
      const [evidence] = await run(false);
      expectDamage(evidence);
    });
  },
);
