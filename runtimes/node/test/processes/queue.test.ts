import { type RedisServer, startServer, startServers } from "@redsync/conformance/servers";
import { expect, it } from "vitest";
import { until } from "./house.ts";
import { Program } from "./program.ts";
import type { QueuerJob, QueuerReport } from "./queuer.ts";

const PROCESSES = 8;
const EXPIRY_MS = 2_000;
const NAME = "queued";
/** A minute or more, for a thorough run: for how long servers and processes are troubled. */
const SECONDS = Number(process.env.REDSYNC_QUEUE_SECONDS ?? 12);

/** By so much longer they are troubled if a busy machine has served too few by then. */
const LONGEST_MS = 60_000;
/** Of these there must be so many for each second. */
const SERVED_A_SECOND = 10;

/** What is written is on the disk before it is answered: such a server forgets nothing if it is killed. */
const durable = ["appendonly yes", "appendfsync always"];

const random = (least: number, most: number): number => least + Math.random() * (most - least);
const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Queuer = Program<QueuerReport>;

const jobFor = (servers: readonly RedisServer[], witness: RedisServer, isLocked = true): QueuerJob => ({
  name: NAME,
  tasks: 4,
  lockPorts: servers.map(({ port }) => port),
  witnessPort: witness.port,
  expiry: EXPIRY_MS,
  patience: 30_000,
  isLocked,
});

class Trouble {
  readonly done: string[] = [];
  readonly queuers: Queuer[];
  readonly #servers: readonly RedisServer[];
  readonly #witness: RedisServer;
  readonly #start: () => Queuer;

  constructor(servers: readonly RedisServer[], witness: RedisServer) {
    const job = jobFor(servers, witness);
    this.#servers = servers;
    this.#witness = witness;
    this.#start = () => new Program<QueuerReport>("queuer.ts", job);
    this.queuers = Array.from({ length: PROCESSES }, this.#start);
  }

  /** What happens to a process that waits, or has the lock. */
  readonly ofProcesses = {
    kill: async (): Promise<void> => {
      const index = Math.floor(Math.random() * this.queuers.length);
      await this.queuers[index]?.kill();
      this.queuers[index] = this.#start();
    },
    stop: async (): Promise<void> => {
      const queuer = pick(this.queuers);
      queuer.signal("SIGSTOP");
      await sleep(random(50, 1.5 * EXPIRY_MS));
      queuer.signal("SIGCONT");
    },
  };

  /** What happens to a server that forgets nothing by it. */
  readonly ofServers = {
    freeze: async (): Promise<void> => {
      const server = pick(this.#servers);
      server.freeze();
      await sleep(random(50, 1_500));
      server.thaw();
    },
    restart: (): Promise<void> => pick(this.#servers).restart({ keepData: true }),
    deafen: (): Promise<unknown> => pick(this.#servers).command("CLIENT", "KILL", "TYPE", "pubsub"),
    disconnect: (): Promise<unknown> =>
      pick(this.#servers).command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
    flushScripts: (): Promise<unknown> => pick(this.#servers).command("SCRIPT", "FLUSH"),
  };

  /** A server forgets what is held, and who waits: two may have the lock until what was held then has ended. */
  readonly ofMemory = {
    flush: async (): Promise<void> => {
      await this.#excuse();
      await pick(this.#servers).command("FLUSHALL");
    },
    restartEmpty: async (): Promise<void> => {
      await this.#excuse();
      await pick(this.#servers).restart();
    },
  };

  /** One after the other, each time another one, for so many milliseconds and until that many were served. */
  async make(
    ways: Readonly<Record<string, () => Promise<unknown>>>,
    ms: number,
    fewestServed = 0,
  ): Promise<void> {
    const end = performance.now() + ms;
    const isServed = async () => (await countOf(this.#witness, "served")) >= fewestServed;
    while (performance.now() < end || (performance.now() < end + LONGEST_MS && !(await isServed()))) {
      const [what, way] = pick(Object.entries(ways));
      this.done.push(what);
      await way();
      await sleep(random(50, 500));
    }
  }

  #excuse(): Promise<unknown> {
    return this.#witness.command("SET", "excuse", "1", "PX", `${3 * EXPIRY_MS}`);
  }
}

const countOf = async (witness: RedisServer, key: string): Promise<number> =>
  Number(await witness.command("GET", key));

for (const nodes of [1, 3])
  it(`${PROCESSES} processes with 4 tasks each all get their turn, one at a time, whatever happens to them and to ${nodes === 1 ? "the server" : "3 servers"}`, {
    timeout: 120_000 + 4_000 * SECONDS,
  }, async () => {
    await using stack = new AsyncDisposableStack();
    const servers = await startServers(nodes, { config: durable });
    for (const server of servers) stack.use(server);
    const witness = stack.use(await startServer());
    const trouble = new Trouble(servers, witness);
    stack.defer(async () => {
      await Promise.all(trouble.queuers.map((queuer) => queuer.kill()));
    });
    await Promise.all(trouble.queuers.map((queuer) => queuer.next("ready")));

    await Promise.all(
      [trouble.ofProcesses, trouble.ofServers].map((ways) =>
        trouble.make(ways, SECONDS * 1_000, SECONDS * SERVED_A_SECOND),
      ),
    );
    expect(await countOf(witness, "served"), "acquisitions").toBeGreaterThanOrEqual(
      SECONDS * SERVED_A_SECOND,
    );
    expect(await countOf(witness, "overlaps"), trouble.done.join()).toBe(0);

    await trouble.make(trouble.ofMemory, SECONDS * 250);
    // Each task gets the lock once more, and each process ends by itself.
    for (const queuer of trouble.queuers) queuer.tell("last");
    const reports = await Promise.all(trouble.queuers.map((queuer) => queuer.next("ended")));
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await Promise.all(trouble.queuers.map((queuer) => queuer.ended()))).toEqual(
      trouble.queuers.map(() => 0),
    );
    expect(await countOf(witness, "overlaps"), trouble.done.join()).toBe(0);
    await until(async () =>
      (await Promise.all(servers.map((server) => server.command("EXISTS", NAME)))).every(
        (count) => count === 0,
      ),
    );
    for (const server of servers)
      for (const key of (await server.command("KEYS", "*")) as string[])
        expect(await server.command("PTTL", key), `the TTL of ${key}`).not.toBe(-1);
    if (process.env.REDSYNC_QUEUE_SECONDS)
      console.log(
        `${nodes} nodes: ${await countOf(witness, "served")} served, ${await countOf(witness, "late")} late, ${await countOf(witness, "excused")} excused, longest wait ${Math.round(Math.max(...reports.map(({ longest }) => longest)))} ms; ${trouble.done.length} troubles`,
      );
  });

it("the same watch finds the overlaps where nobody locks", async () => {
  await using witness = await startServer();
  await using one = new Program<QueuerReport>("queuer.ts", jobFor([witness], witness, false));
  await using other = new Program<QueuerReport>("queuer.ts", jobFor([witness], witness, false));
  await until(async () => (await countOf(witness, "overlaps")) > 0);
  for (const queuer of [one, other]) queuer.tell("last");
  for (const queuer of [one, other]) expect(await queuer.ended()).toBe(0);
});
