import { startServer, startServers } from "@redsync/conformance/servers";
import { expect, it } from "vitest";
import type { ClaimantJob, ClaimantReport } from "./claimant.ts";
import { until } from "./house.ts";
import { Program } from "./program.ts";

const MINUTE_MS = 60_000;
const SHIFTS = [-10 * MINUTE_MS, -MINUTE_MS, 0, 5 * MINUTE_MS];
const NAME = "contested";

it("clocks minutes apart, each node down and back in turn, holders without fencing in between: tokens grow from lock to lock", {
  timeout: 240_000,
}, async () => {
  // A killed server keeps what it has on its disk, and everything is there before it answers.
  const servers = await startServers(3, { config: { appendonly: "yes", appendfsync: "always" } });
  await using record = await startServer();
  const job: ClaimantJob = {
    name: NAME,
    ports: servers.map(({ port }) => port),
    recordPort: record.port,
  };
  const claimants = SHIFTS.map(
    (shift) =>
      new Program<ClaimantReport>("claimant.ts", { ...job }, "shifted-clock.ts", {
        CLOCK_SHIFT_MS: `${shift}`,
      }),
  );
  const tokens = async () => {
    const lines = (await record.command("LRANGE", "tokens", "0", "-1")) as string[];
    return lines.map((line) => line.split(" ").map(Number) as [token: number, writer: number]);
  };
  /** Until so many more locks were given. */
  const more = async (locks: number) => {
    const before = (await tokens()).length;
    await until(async () => (await tokens()).length >= before + locks);
  };
  /** A lock as go-redsync takes it: plain SET NX PX on every node, and no fence. */
  const unfenced = async () => {
    await until(async () => {
      const replies = await Promise.all(
        servers.map((server) => server.command("SET", NAME, "of another kind", "NX", "PX", "300")),
      );
      return replies.filter((reply) => reply === "OK").length >= 2;
    });
  };

  try {
    for (const server of servers) {
      await more(20);
      await unfenced();
      await more(20);
      await server.kill();
      await more(20);
      await server.restart({ keepData: true });
      await more(20);
    }
    for (const claimant of claimants) claimant.tell("end");
    const ends = await Promise.all(claimants.map((claimant) => claimant.next("ended")));
    // Their clocks really are apart.
    const believed = ends.map(({ now }) => now - Date.now());
    for (const [index, shift] of SHIFTS.entries())
      expect(Math.abs((believed[index] ?? 0) - shift)).toBeLessThan(30_000);
  } finally {
    await Promise.all([
      ...claimants.map((claimant) => claimant.kill()),
      ...servers.map((server) => server.stop()),
    ]);
  }

  const given = await tokens();
  const numbers = given.map(([token]) => token);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
  expect(new Set(given.map(([, writer]) => writer)).size).toBe(SHIFTS.length);
  console.log(
    `${given.length} locks of ${SHIFTS.length} clients, whose clocks are up to 15 minutes apart: every token larger than all before`,
  );
});
