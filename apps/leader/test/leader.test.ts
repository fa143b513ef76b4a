import { Program } from "@redsync/conformance/program";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { describe, expect, it } from "vitest";

const app = new URL("..", import.meta.url);

/** So long that nobody leads because of it: what comes sooner was called. */
const LONG = "240000";
const AT_ONCE_MS = 30_000;
/** As short as a machine that stands still for a second allows. */
const SHORT = "6000";

interface Team extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly leader: Program;
  readonly others: readonly Program[];
}

const waiting = (redis: RedisServer) =>
  redis.command("ZCOUNT", "{leader}:queue", "-inf", "(9007199254740991");

/** Starts as many, and resolves once one of them leads, and all others wait in the queue. */
async function startTeam(count: number, expiry: string): Promise<Team> {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startServer());
  const all = Array.from({ length: count }, () =>
    stack.use(new Program(app, redis.url, "--expiry", expiry, "--beat", "100")),
  );
  const leader = await Promise.race(all.map((program) => program.printed("leads").then(() => program)));
  await expect.poll(() => waiting(redis)).toBe(count - 1);
  const others = all.filter((program) => program !== leader);
  return { redis, leader, others, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The first of these who leads, with its term. */
const nextOf = (programs: readonly Program[]) =>
  Promise.race(programs.map(async (program) => ({ program, term: termOf(await program.printed("leads")) })));

const termOf = (line: string | undefined) => Number(line?.split(" ")[1]);
const haveLed = (programs: readonly Program[]) =>
  programs.filter(({ lines }) => lines.some((line) => line.startsWith("leads"))).length;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.concurrent("of three who stand for leader", () => {
  it("one leads, for longer than its lock would last by itself", async ({ expect }) => {
    await using team = await startTeam(3, SHORT);
    await pause(2 * Number(SHORT));
    await team.leader.printed("beats", team.leader.lines.length);
    expect(haveLed(team.others)).toBe(0);
    expect(team.leader.lines.filter((line) => line.startsWith("leads"))).toHaveLength(1);
  });

  it("the next one leads at once when the leader is stopped, each in its turn", async ({ expect }) => {
    await using team = await startTeam(3, LONG);
    let { leader } = team;
    let rest = team.others;
    for (let turn = 0; turn < 2; turn++) {
      const began = performance.now();
      leader.signal("SIGTERM");
      expect(await leader.ended).toBe(0);
      expect(leader.lines.at(-1)).toBe("stopped");
      const next = await nextOf(rest);
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
      expect(next.term).toBeGreaterThan(termOf(leader.lines.find((line) => line.startsWith("leads"))));
      leader = next.program;
      rest = rest.filter((program) => program !== leader);
      expect(haveLed(rest)).toBe(0);
    }
    leader.signal("SIGTERM");
    expect(await leader.ended).toBe(0);
    expect(await team.redis.command("EXISTS", "leader")).toBe(0);
  });

  it("another one leads within an expiry when the leader is killed", async ({ expect }) => {
    await using team = await startTeam(3, SHORT);
    team.leader.signal("SIGKILL");
    const killed = performance.now();
    await team.leader.ended;
    const { program } = await nextOf(team.others);
    // And seconds for a machine that is busy.
    expect(performance.now() - killed).toBeLessThan(Number(SHORT) + 5_000);
    expect(haveLed(team.others.filter((other) => other !== program))).toBe(0);
  });

  it("one that waits is stopped, leaves the queue, and never leads", async ({ expect }) => {
    await using team = await startTeam(3, LONG);
    const [first] = team.others as [Program];
    first.signal("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(first.lines).toEqual(["stands", "stopped"]);
    expect(await waiting(team.redis)).toBe(1);
    expect(haveLed(team.others)).toBe(0);
  });
});

describe("a leader that has lost the lock", () => {
  it("steps down when somebody has taken the key, and stands again", async () => {
    await using team = await startTeam(1, SHORT);
    const { redis, leader } = team;
    await redis.command("SET", "leader", "somebody-else");
    expect(await leader.printed("lost")).toBe("lost taken");
    const since = leader.lines.length;
    await redis.command("DEL", "leader");
    await leader.printed("leads", since);
    expect(leader.lines[since]).toMatch(/^leads/);
  });

  it("does no further step when it wakes up after its expiry, while another one leads", async () => {
    await using team = await startTeam(2, SHORT);
    const { leader, others } = team;
    leader.signal("SIGSTOP");
    const { program, term } = await nextOf(others);
    const since = leader.lines.length;
    leader.signal("SIGCONT");
    await leader.printed("lost", since);
    expect(leader.lines.slice(since).filter((line) => line.startsWith("beats"))).toEqual([]);
    expect(term).toBeGreaterThan(termOf(leader.lines.find((line) => line.startsWith("leads"))));
    await program.printed("beats", program.lines.length);
  });

  it("steps down when Redis is away for too long, and somebody leads when it is back", async () => {
    await using team = await startTeam(2, SHORT);
    const { redis, leader, others } = team;
    await redis.kill();
    expect(await leader.printed("lost")).toBe("lost expired");
    const since = leader.lines.length;
    await redis.restart();
    await Promise.race([leader.printed("leads", since), ...others.map((other) => other.printed("leads"))]);
  });
});
