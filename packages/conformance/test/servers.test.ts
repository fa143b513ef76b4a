import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../src/servers/eventually.ts";
import {
  command,
  type RedisServer,
  startCluster,
  startProxy,
  startSentinel,
  startServer,
  startServers,
} from "../src/servers/index.ts";

/** What a test started, stopped when it ends, however it ends. */
const running: { stop(): Promise<void> }[] = [];
const use = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
  const started = await starting;
  running.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.stop()));
});

const refused = { code: "ECONNREFUSED" };
const homeOf = async (server: RedisServer) =>
  ((await server.command("CONFIG", "GET", "dir")) as string[])[1] ?? "";
const pending = Symbol("pending");
/** The promise's value if it has one after a round trip to another server, which tells "unanswered" without a guess. */
const peek = async (promise: Promise<unknown>, witness: RedisServer) => {
  await witness.command("PING");
  await witness.command("PING");
  return Promise.race([promise, Promise.resolve(pending)]);
};

describe("command", () => {
  it("replies with strings, integers, null and arrays, whatever they hold", async () => {
    const server = await use(startServer());
    expect(await server.command("SET", "k", "naïve\r\n✓")).toBe("OK");
    expect(await server.command("GET", "k")).toBe("naïve\r\n✓");
    expect(await server.command("SET", "empty", "")).toBe("OK");
    expect(await server.command("GET", "empty")).toBe("");
    expect(await server.command("STRLEN", "k")).toBe(11);
    expect(await server.command("GET", "none")).toBeNull();
    expect(await server.command("EVAL", "return {1, {'a', false}, {}}", "0")).toEqual([1, ["a", null], []]);
  });

  it("puts a reply together that arrives in many pieces", async () => {
    const server = await use(startServer());
    const long = "ü".repeat(1_000_000);
    await server.command("SET", "long", long);
    expect(await server.command("MGET", "long", "long")).toEqual([long, long]);
  });

  it("rejects with the server's message", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v");
    await expect(server.command("LPUSH", "k", "v")).rejects.toThrow(/^WRONGTYPE /);
    await expect(server.command("EVALSHA", "0".repeat(40), "0")).rejects.toThrow(/^NOSCRIPT /);
  });

  it("rejects when the server dies before it replies", async () => {
    const server = await use(startServer());
    const reply = server.command("BLPOP", "nothing", "0");
    const failed = expect(reply).rejects.toThrow(/closed the connection|ECONNRESET/);
    await eventually("BLPOP has arrived", async () =>
      String(await server.command("CLIENT", "LIST")).includes("cmd=blpop"),
    );
    await server.kill();
    await failed;
  });
});

describe("startServer", () => {
  it("resolves to a server that answers, at its port, under its pid", async () => {
    const server = await use(startServer());
    expect(await command(server.port, "PING")).toBe("PONG");
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
    expect(await server.command("INFO", "server")).toContain(`process_id:${server.pid}\r\n`);
  });

  it("takes configuration as a record and as lines", async () => {
    const record = await use(startServer({ config: { maxmemory: "5mb", save: "" } }));
    const lines = await use(startServer({ config: ["user guest on nopass ~* +@all -@pubsub"] }));
    expect(await record.command("CONFIG", "GET", "maxmemory")).toEqual(["maxmemory", "5242880"]);
    expect(await lines.command("ACL", "USERS")).toContain("guest");
  });

  it("keeps nothing on disk by default", async () => {
    const server = await use(startServer());
    expect(await server.command("CONFIG", "GET", "save")).toEqual(["save", ""]);
    expect(await server.command("CONFIG", "GET", "appendonly")).toEqual(["appendonly", "no"]);
  });

  it("says with the server's own words why it does not start", async () => {
    const server = await use(startServer());
    await expect(startServer({ port: server.port })).rejects.toThrow(/Address already in use/);
    await expect(startServer({ config: ["no-such-directive 1"] })).rejects.toThrow(/no-such-directive/);
  });

  /** Starts a server that draws this port first. */
  async function startDrawing(port: number): Promise<RedisServer> {
    const random = Math.random;
    const draws = [(port - 10_000 + 0.5) / 10_000];
    Math.random = () => draws.shift() ?? random();
    try {
      const server = await use(startServer());
      expect(draws).toEqual([]);
      return server;
    } finally {
      Math.random = random;
    }
  }

  it("draws another port when another program has the first one", async () => {
    const server = await use(startServer());
    const { port } = server;
    await server.stop();
    const program = createServer().listen(port, "127.0.0.1");
    await once(program, "listening");
    try {
      expect((await startDrawing(port)).port).not.toBe(port);
    } finally {
      program.close();
    }
  });

  it("keeps its port while it is down: no other server is given it", async () => {
    const down = await use(startServer());
    await down.kill();
    expect((await startDrawing(down.port)).port).not.toBe(down.port);
    await down.restart();
    expect(await down.command("PING")).toBe("PONG");
  });

  it("says how to get a binary when there is none", async () => {
    const before = process.env.REDIS_SERVER;
    process.env.REDIS_SERVER = "/no/such/binary";
    try {
      await expect(startServer()).rejects.toThrow(/"\/no\/such\/binary".*apt-get install.*REDIS_SERVER/);
    } finally {
      if (before === undefined) delete process.env.REDIS_SERVER;
      else process.env.REDIS_SERVER = before;
    }
  });

  it("starts many at a time, each on a port and with data of its own", async () => {
    const servers = await startServers(5);
    running.push(...servers);
    expect(new Set(servers.map((server) => server.port)).size).toBe(5);
    await servers[0]?.command("SET", "k", "v");
    expect(await servers[1]?.command("GET", "k")).toBeNull();
  });
});

describe("a server's end and return", () => {
  it("stop ends the process and removes its directory, also twice, also when frozen", async () => {
    const server = await startServer();
    const home = await homeOf(server);
    expect(existsSync(home)).toBe(true);
    server.freeze();
    await server.stop();
    await server.stop();
    expect(existsSync(home)).toBe(false);
    await expect(server.command("PING")).rejects.toMatchObject(refused);
    await expect(server.restart()).rejects.toThrow(/was stopped/);
  });

  it("is stopped at the end of its scope", async () => {
    let port: number;
    {
      await using server = await startServer();
      port = server.port;
    }
    await expect(command(port, "PING")).rejects.toMatchObject(refused);
  });

  it("a frozen server answers nothing, and all of it once thawed", async () => {
    const [server, witness] = await Promise.all([use(startServer()), use(startServer())]);
    server.freeze();
    const reply = server.command("SET", "k", "v");
    expect(await peek(reply, witness)).toBe(pending);
    server.thaw();
    expect(await reply).toBe("OK");
  });

  it("a killed server comes back empty on the same port, as another process", async () => {
    const server = await use(startServer());
    const { port, pid } = server;
    await server.command("SET", "k", "v");
    await server.kill();
    await expect(server.command("PING")).rejects.toMatchObject(refused);
    await server.restart();
    expect(await command(port, "GET", "k")).toBeNull();
    expect(server.pid).not.toBe(pid);
  });

  it("forgets what it had saved, unless told to keep it", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v", "PX", "60000");
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
    expect(await server.command("PTTL", "k")).toBeGreaterThan(0);
    await server.restart();
    expect(await server.command("GET", "k")).toBeNull();
  });

  it("keeps the data of a frozen server too", async () => {
    const server = await use(startServer());
    await server.command("SET", "k", "v");
    server.freeze();
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
  });

  it("keeps after a crash what the append-only file has", async () => {
    const server = await use(startServer({ config: { appendonly: "yes", appendfsync: "always" } }));
    await server.command("SET", "k", "v");
    await server.kill();
    await server.restart({ keepData: true });
    expect(await server.command("GET", "k")).toBe("v");
    await server.restart();
    expect(await server.command("GET", "k")).toBeNull();
  });

  it("comes back on its port while clients keep connecting", async () => {
    const server = await use(startServer());
    await server.kill();
    const knocking = Array.from({ length: 200 }, () => server.command("PING").catch(() => "refused"));
    await server.restart();
    await Promise.all(knocking);
    expect(await server.command("PING")).toBe("PONG");
  });
});

describe("leaves no server behind", () => {
  const source = new URL("../src/servers/index.ts", import.meta.url).href;
  const program = (then: string) => `
    const { startServers } = await import(${JSON.stringify(source)});
    const [one, frozen] = await startServers(2);
    const home = async (server) => (await server.command("CONFIG", "GET", "dir"))[1];
    const homes = [await home(one), await home(frozen)];
    frozen.freeze();
    console.log(JSON.stringify({ ports: [one.port, frozen.port], homes }));
    ${then}
  `;
  const gone = async (port: number) => {
    const error = await command(port, "PING").catch((cause: NodeJS.ErrnoException) => cause);
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
  };

  const ends: [how: string, then: string, signal?: NodeJS.Signals][] = [
    ["has nothing left to do", ""],
    ["calls process.exit", "process.exit(0);"],
    ["throws", "throw new Error('uncaught');"],
    ["is interrupted by Ctrl-C", "setInterval(() => {}, 1000);", "SIGINT"],
    ["is killed", "setInterval(() => {}, 1000);", "SIGKILL"],
  ];
  it.each(ends)("when the program %s", async (_how, then, signal) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program(then)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exit = once(child, "exit");
    const { ports, homes } = JSON.parse(String((await once(child.stdout, "data"))[0])) as {
      ports: number[];
      homes: string[];
    };
    if (signal) child.kill(signal);
    await exit;
    for (const port of ports) await eventually(`nobody listens on ${port}`, () => gone(port));
    for (const home of homes) await eventually(`${home} is removed`, () => !existsSync(home));
  });
});

describe("startCluster", () => {
  it("shares all slots among three primaries that send each other's keys away", async () => {
    const cluster = await use(startCluster());
    const ranges = (await cluster.servers[0]?.command("CLUSTER", "SLOTS")) as [number, number][];
    const owned = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    expect(owned).toBe(16_384);
    const answers = await Promise.allSettled(
      cluster.servers.map((server) => server.command("SET", "k", "v")),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    const moved = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Error] : []));
    for (const error of moved) expect(error.message).toMatch(/^MOVED /);
  });
});

describe("startSentinel", () => {
  it("promotes the replica when the primary dies", async () => {
    const group = await use(startSentinel());
    const [sentinel] = group.sentinels;
    const primary = () => sentinel?.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", group.name);
    expect(await primary()).toEqual([group.primary.host, String(group.primary.port)]);
    await group.primary.kill();
    await sentinel?.command("SENTINEL", "SET", group.name, "down-after-milliseconds", "500");
    // A Sentinel that has stood still for 2 s does nothing for the next 30.
    await eventually(
      "the replica is the primary",
      async () => {
        const address = await primary();
        return Array.isArray(address) && address[1] === String(group.replica.port);
      },
      120_000,
    );
    await eventually(
      "it accepts writes",
      async () => (await group.replica.command("SET", "k", "v")) === "OK",
    );
  });

  it("runs three Sentinels that know each other", async () => {
    const group = await use(startSentinel({ sentinels: 3 }));
    expect(group.sentinels).toHaveLength(3);
    for (const sentinel of group.sentinels) {
      expect(await sentinel.command("SENTINEL", "SENTINELS", group.name)).toHaveLength(2);
    }
  });
});

describe("startProxy", () => {
  it("passes commands and replies on", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    const long = "x".repeat(300_000);
    expect(await command(proxy.port, "SET", "k", long)).toBe("OK");
    expect(await command(proxy.port, "GET", "k")).toBe(long);
  });

  it("delays each way", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.delay(100);
    const before = performance.now();
    expect(await command(proxy.port, "PING")).toBe("PONG");
    // Timers may fire a little before their time.
    expect(performance.now() - before).toBeGreaterThan(195);
    proxy.delay(0);
  });

  it("drops a reply to a command that the server has run", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    const dropped = proxy.dropNextReply();
    await expect(command(proxy.port, "SET", "k", "v")).rejects.toThrow(/closed the connection/);
    await dropped;
    expect(await server.command("GET", "k")).toBe("v");
    expect(await command(proxy.port, "GET", "k")).toBe("v");
  });

  it("holds commands, or replies alone, until it is resumed", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.pause("commands");
    const late = command(proxy.port, "SET", "late", "v");
    expect(await peek(late, server)).toBe(pending);
    expect(await server.command("GET", "late")).toBeNull();
    proxy.resume();
    expect(await late).toBe("OK");

    proxy.pause("replies");
    const unheard = command(proxy.port, "SET", "unheard", "v");
    await eventually("the command has run", async () => (await server.command("GET", "unheard")) === "v");
    expect(await peek(unheard, server)).toBe(pending);
    proxy.resume();
    expect(await unheard).toBe("OK");
  });

  it("cuts what is open and takes new connections", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    proxy.pause();
    const cut = command(proxy.port, "PING");
    const failed = expect(cut).rejects.toThrow(/closed the connection|ECONNRESET/);
    await peek(cut, server);
    proxy.cut();
    await failed;
    proxy.resume();
    expect(await command(proxy.port, "PING")).toBe("PONG");
  });

  it("closes the client's connection when the server is down", async () => {
    const server = await use(startServer());
    const proxy = await use(startProxy(server));
    await server.kill();
    await expect(command(proxy.port, "PING")).rejects.toThrow(/closed the connection|ECONNRESET/);
  });
});
