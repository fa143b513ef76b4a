import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Ended,
  guarded,
  inTerminal,
  isAlive,
  killAll,
  ONCE_GUARDED,
  redsync,
  start,
} from "./redsync.ts";

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.command("FLUSHALL"));
afterEach(killAll);

const run = (...words: string[]) => redsync(["run", ...words], { urls: server.url });
const begin = (...words: string[]) => start(["run", ...words], { urls: server.url });
const keys = async () => ((await server.command("KEYS", "*")) as string[]).sort();
const holds = (name: string) => expect.poll(() => server.command("EXISTS", name)).toBe(1);
/** What happened, by `--json`. */
const eventsOf = ({ stderr }: Ended): string[] =>
  stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).event);
/** One attempt, for which the server may take five seconds: a machine may stand still. */
const NO_WAIT = ["--no-wait", "--expiry", "100s"];
/** Runs for ever, and says its process id. */
const FOREVER = ["sh", "-c", "echo $$; exec sleep 1000"];
/** A script that runs until a signal ends it, without a word of the shell about its `sleep`; and one that ends well then. */
const READY = "exec 2> /dev/null; echo ready; while :; do sleep 0.1; done";
const ENDS_WELL = `trap 'exit 0' TERM; ${READY}`;

describe("a command under a lock", () => {
  it("runs while the lock is held, with its name and token, and ends with its own status", async () => {
    const script = 'echo "$REDSYNC_NAME $REDSYNC_TOKEN"; exit 3';
    const { status, stdout, stderr } = await run("job", "--fencing", "--", "sh", "-c", script);
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(stdout).toMatch(/^job \d{16}\n$/);
    expect(await keys()).toEqual(["{job}:fence"]);
  });

  it("has no token without --fencing, not even one of a redsync around it", async () => {
    const ending = await redsync(["run", "job", "--", "sh", "-c", 'echo "[$REDSYNC_TOKEN]"'], {
      urls: server.url,
      environment: { REDSYNC_TOKEN: "1" },
    });
    expect(ending).toMatchObject({ status: 0, stdout: "[]\n" });
  });

  it("is given its words as they are, also options of its own", async () => {
    const { stdout } = await run("job", "--", "printf", "[%s]", "--json", "a b", "--", "$HOME");
    expect(stdout).toBe("[--json][a b][--][$HOME]");
  });

  it("has its lock renewed", async () => {
    const { child, ended } = begin("job", "--expiry", "6s", "--", "sleep", "1000");
    await holds("job");
    const value = await server.command("GET", "job");
    const left = async () => Number(await server.command("PTTL", "job"));
    await expect.poll(left).toBeLessThan(5_000);
    await expect.poll(left).toBeGreaterThan(5_500);
    expect(await server.command("GET", "job")).toBe(value);
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ status: 143, stderr: "" });
  });

  it.each([
    ["is not there", "no-such-command", 127, "not found"],
    ["cannot be run", "/etc/passwd", 126, "EACCES"],
    ["stands in a folder that is none", "/etc/passwd/command", 126, "ENOTDIR"],
  ])("that %s leaves no lock behind", async (_, command, status, says) => {
    const ending = await run("job", "--", command);
    expect(ending).toMatchObject({ status, stdout: "", stderr: `redsync: ${command}: ${says}\n` });
    expect(await keys()).toEqual([]);
  });

  it("is not ended by a reader that has gone", async () => {
    const { child, ended } = begin("job", "--json", "--", "sh", "-c", "sleep 0.3; exit 5");
    child.stderr?.destroy();
    child.stdout?.destroy();
    expect((await ended).status).toBe(5);
    expect(await keys()).toEqual([]);
  });
});

describe("a lock that somebody else holds", () => {
  it("ends with 75 and says who has it, if it is not waited for", async () => {
    begin("job", "--owner", "web-1:42", "--", ...FOREVER);
    await holds("job");
    const ending = await run("job", ...NO_WAIT, "--", "echo", "ran");
    expect(ending).toMatchObject({ status: 75, stdout: "" });
    expect(ending.stderr).toMatch(/^redsync: "job" is taken by "web-1:42", \d+\.\d s left\n$/);
  });

  it("ends with another status if that is wanted, and says nothing", async () => {
    await server.command("SET", "job", "somebody-else");
    const ending = await run("job", ...NO_WAIT, "--taken-status", "0", "--quiet", "--", "echo", "ran");
    expect(ending).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("is waited for until the timeout", async () => {
    await server.command("SET", "job", "somebody-else");
    const ending = await run("job", "--timeout", "300ms", "--json", "--", "echo", "ran");
    expect(ending).toMatchObject({ status: 75, stdout: "" });
    expect(JSON.parse(ending.stderr)).toMatchObject({
      name: "job",
      event: "taken",
      timedOut: true,
      remaining: null,
    });
  });

  it("is waited for as long as it takes", async () => {
    await server.command("SET", "job", "somebody-else");
    const { child, ended, said } = begin("job", "--json", "--", "echo", "ran");
    // The one who waits stands in the queue.
    await holds("{job}:queue");
    for (const signal of ["SIGUSR1", "SIGUSR2"] as const) child.kill(signal);
    expect(said).toEqual({ stdout: "", stderr: "" });
    await server.command("DEL", "job");
    const ending = await ended;
    expect(ending).toMatchObject({ status: 0, stdout: "ran\n" });
    expect(eventsOf(ending)).toEqual(["acquired", "released"]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
    "is waited for no longer after %s, and nothing is left",
    async (signal) => {
      await server.command("SET", "job", "somebody-else");
      const { child, ended } = begin("job", "--", "echo", "ran");
      await holds("{job}:queue");
      child.kill(signal);
      const status = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 }[signal];
      expect(await ended).toMatchObject({ status, stdout: "", stderr: "" });
      expect(await keys()).toEqual(["job"]);
    },
  );
});

describe("a signal", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const)(
    "%s is passed on, and the command says how it ends",
    async (signal) => {
      const script = `trap 'echo heard; exit 7' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
      const { child, ended, said } = begin("job", "--", "sh", "-c", script);
      await expect.poll(() => said.stdout).toBe("ready\n");
      child.kill(signal);
      expect(await ended).toMatchObject({ status: 7, stdout: "ready\nheard\n" });
      expect(await keys()).toEqual([]);
    },
  );

  it("that ends the command is 128 and its number", async () => {
    const { child, ended, said } = begin("job", "--", ...FOREVER);
    await expect.poll(() => said.stdout).toMatch(/\n/);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ status: 130, signal: null });
    expect(await keys()).toEqual([]);
  });

  it("Ctrl-C in a terminal reaches the command once, which can read from it as well", async () => {
    const script = "trap 'echo heard' INT; echo ready; read -r line; echo \"read $line\"; exit 7";
    const words = ["run", "job", "--", "bash", "-c", script];
    const { child, ended, said } = inTerminal(words, { urls: server.url });
    await expect.poll(() => said.stdout).toContain("ready");
    child.stdin?.write("\x03");
    await expect.poll(() => said.stdout).toContain("heard");
    child.stdin?.write("a line\r");
    const { status, stdout } = await ended;
    expect(status).toBe(7);
    expect(stdout).toContain("read a line");
    expect(stdout.match(/heard/g)).toHaveLength(1);
    expect(await keys()).toEqual([]);
  });

  const lack = process.getuid?.() === 0 ? "" : " (not run: only root may become another user)";
  describe.skipIf(lack !== "")(`that the command of another user refuses, as with sudo${lack}`, () => {
    /** Runs a command until it reads a line, in a terminal, and then goes on as another user. */
    async function beginApart(...words: string[]) {
      const becomeOther = 'process.once("SIGUSR2", () => { process.setuid(65534); console.log("apart"); });';
      const environment = {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(becomeOther)}`,
      };
      const script = 'trap "" USR2; echo "by $PPID"; read -r line; exit 7';
      const all = ["run", "job", ...words, "--", "sh", "-c", script];
      const running = inTerminal(all, { urls: server.url, environment });
      await expect.poll(() => running.said.stdout).toMatch(/by \d+/);
      process.kill(Number(/by (\d+)/.exec(running.said.stdout)?.[1]), "SIGUSR2");
      await expect
        .poll(() => running.said.stdout)
        .toContain("the command refuses SIGUSR2: another user runs it");
      return running;
    }

    it("leaves it running, and its lock held", async () => {
      const { child, ended } = await beginApart();
      expect(await server.command("EXISTS", "job")).toBe(1);
      child.stdin?.write("a line\r");
      expect((await ended).status).toBe(7);
      expect(await keys()).toEqual([]);
    });

    it("is said when the lock is lost, and the command's end is waited for", async () => {
      const { child, ended, said } = await beginApart("--expiry", "15s", "--grace", "100ms");
      await server.command("FLUSHALL");
      await expect.poll(() => said.stdout).toContain("the command refuses SIGKILL");
      child.stdin?.write("a line\r");
      expect((await ended).status).toBe(79);
    });
  });

  it("reaches what the command has started", async () => {
    const { child, ended, said } = begin("job", "--", "sh", "-c", "sleep 1000 & echo $!; wait");
    await expect.poll(() => said.stdout).toMatch(/\n/);
    child.kill("SIGTERM");
    expect((await ended).status).toBe(143);
    await expect.poll(() => isAlive(Number(said.stdout))).toBe(false);
  });

  it("SIGKILL ends the command too, by its guard; the lock ends with its expiry", async () => {
    const running = begin("job", "--expiry", "2s", "--", "sh", "-c", `${ONCE_GUARDED}exec sleep 1000`);
    const pid = await guarded(running);
    running.child.kill("SIGKILL");
    expect(await running.ended).toMatchObject({ status: null, signal: "SIGKILL" });
    await expect.poll(() => isAlive(pid)).toBe(false);
    await expect.poll(() => server.command("EXISTS", "job")).toBe(0);
  });

  it("SIGKILL ends a command that ignores SIGTERM as well", async () => {
    const script = `${ONCE_GUARDED}trap '' TERM; while :; do sleep 0.1; done`;
    const running = begin("job", "--grace", "1s", "--", "sh", "-c", script);
    const pid = await guarded(running);
    running.child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe("a lock that is lost", () => {
  it("ends the command with SIGTERM, and redsync with 79", async () => {
    const script = "trap 'echo ended; exit 0' TERM; echo ready; while :; do sleep 0.1; done";
    const { ended, said } = begin("job", "--expiry", "600ms", "--", "sh", "-c", script);
    await expect.poll(() => said.stdout).toBe("ready\n");
    await server.command("SET", "job", "somebody-else");
    const { status, stdout, stderr } = await ended;
    expect({ status, stdout }).toEqual({ status: 79, stdout: "ready\nended\n" });
    expect(stderr).toContain("was lost");
    expect(stderr).toContain("it may not have been alone");
    expect(await server.command("GET", "job")).toBe("somebody-else");
  });

  it("ends a command that ignores SIGTERM with SIGKILL after the grace, and what it has started", async () => {
    const script = "trap '' TERM; echo $$; while :; do sleep 0.1; done";
    const { ended, said } = begin("job", "--expiry", "600ms", "--grace", "300ms", "--", "sh", "-c", script);
    await expect.poll(() => said.stdout).toMatch(/\n/);
    await server.command("SET", "job", "somebody-else");
    expect((await ended).status).toBe(79);
    expect(isAlive(Number(said.stdout))).toBe(false);
  });

  it("is reported though the command ended by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redsync-run-"));
    const script = `echo ready; while [ -d ${folder} ]; do sleep 0.05; done`;
    const { ended, said } = begin("job", "--json", "--", "sh", "-c", script);
    await expect.poll(() => said.stdout).toBe("ready\n");
    await server.command("SET", "job", "somebody-else");
    rmdirSync(folder);
    const ending = await ended;
    expect(ending.status).toBe(79);
    expect(eventsOf(ending)).toEqual(["acquired", "lost"]);
  });

  it.each([
    ["ended well", ENDS_WELL, []],
    ["ended well, with --hold", ENDS_WELL, ["--hold"]],
    ["was ended by a signal", READY, []],
  ])("is reported though nobody has it by then: the command %s", async (_, script, options) => {
    // It is not renewed meanwhile.
    const words = ["job", "--json", "--expiry", "1h", ...options, "--", "sh", "-c", script];
    const { child, ended, said } = begin(...words);
    await expect.poll(() => said.stdout).toBe("ready\n");
    // As after an unlock, and the release of whoever had it next.
    await server.command("DEL", "job");
    child.kill("SIGTERM");
    const ending = await ended;
    expect(ending.status).toBe(79);
    expect(eventsOf(ending)).toEqual(["acquired", "lost"]);
    expect(await keys()).toEqual([]);
  });

  it("is not what a server that is away in the end tells: the command's own status stands", async () => {
    await using away = await startServer();
    const words = ["run", "job", "--json", "--expiry", "100s", "--", "sh", "-c", ENDS_WELL];
    const { child, ended, said } = start(words, { urls: away.url });
    await expect.poll(() => said.stdout).toBe("ready\n");
    await away.kill();
    child.kill("SIGTERM");
    const ending = await ended;
    expect(ending.status).toBe(0);
    expect(eventsOf(ending)).toEqual(["acquired", "failed", "unknown"]);
  });

  it("because Redis is away for longer than the expiry ends the command", async () => {
    await using away = await startServer();
    const { ended, said } = start(["run", "job", "--expiry", "600ms", "--", ...FOREVER], { urls: away.url });
    await expect.poll(() => said.stdout).toMatch(/\n/);
    await away.kill();
    expect((await ended).status).toBe(79);
    expect(isAlive(Number(said.stdout))).toBe(false);
  });

  it("by --max-hold ends the command", async () => {
    const { status } = await run("job", "--max-hold", "500ms", "--", "sleep", "1000");
    expect(status).toBe(79);
    expect(await keys()).toEqual([]);
  });
});

describe("the cron of many machines", () => {
  // A tick begins now: the tests do not depend on the hour.
  const offset = `${Date.now() % 3_600_000}ms`;
  const TICK = ["report:{tick}", "--tick", "1h", "--tick-offset", offset, "--hold"];

  it("runs a tick once, however many start it, and leaves the lock to its expiry", async () => {
    const endings = await Promise.all([1, 2, 3].map(() => run(...TICK, "--", "echo", "ran")));
    endings.push(await run(...TICK, "--", "echo", "ran"));
    expect(endings.map(({ status }) => status).sort()).toEqual([0, 75, 75, 75]);
    expect(endings.map(({ stdout }) => stdout).join("")).toBe("ran\n");
    const [name = "", ...others] = await keys();
    expect(others).toEqual([]);
    expect(name).toMatch(/^report:\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const left = Number(await server.command("PTTL", name));
    expect(left).toBeGreaterThan(3_000_000);
  });

  it.each([
    ["no-such-command", 127],
    ["/etc/passwd", 126],
    ["/etc/passwd/command", 126],
  ])("gives a tick back whose command cannot be started, and says so: %s", async (command, status) => {
    const ending = await run(...TICK, "--", command);
    expect(ending).toMatchObject({ status, stdout: "" });
    expect(ending.stderr).toMatch(
      /: .*\nredsync: the command has not run, so "report:.*Z" is released at once, in spite of --hold\n$/,
    );
    expect(await keys()).toEqual([]);
    expect(await run(...TICK, "--", "echo", "ran")).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
    expect(await keys()).toHaveLength(1);
  });

  it("says in JSON that such a tick is released, and that one which ran is left", async () => {
    const events = async (command: string) => eventsOf(await run(...TICK, "--json", "--", command));
    expect(await events("no-such-command")).toEqual(["acquired", "failed", "released"]);
    expect(await events("false")).toEqual(["acquired", "left"]);
  });

  it("does not take nodes that are split among machines for a lock", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServer()));
    const urls = servers.map(({ url }) => url).join();
    const [one, other] = servers as [RedisServer, RedisServer];
    await one.command("SET", "job", "@web-1:42/random");
    await other.command("SET", "job", "@web-2:7/random");
    const ending = redsync(["run", "job", ...NO_WAIT, "--", "echo", "ran"], { urls });
    const asked = async () => String(await one.command("INFO", "commandstats"));
    await expect.poll(asked).toMatch(/cmdstat_eval/);
    await Promise.all([one.command("DEL", "job"), other.command("DEL", "job")]);
    expect(await ending).toMatchObject({ status: 0, stdout: "ran\n" });
    await Promise.all(servers.map((server) => server.stop()));
  });

  it("runs a tick once on three nodes, though machines split them", async () => {
    const servers = await Promise.all([1, 2, 3].map(() => startServer()));
    const urls = servers.map(({ url }) => url).join();
    const start = () => redsync(["run", ...TICK, "--", "echo", "ran"], { urls });
    const endings = await Promise.all([1, 2, 3, 4].map(start));
    expect(endings.map(({ status }) => status).sort()).toEqual([0, 75, 75, 75]);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
