import { expect, it } from "vitest";
import { redsync } from "./redsync.ts";

/** Nobody listens there: whoever is refused before anything is sent does not notice. */
const nowhere = { urls: "redis://127.0.0.1:1" };

/** The words of `run` with a wrong option. */
const run = (...options: string[]) => ["run", "x", ...options, "--", "true"] as const;

it.each<[string, ...string[]]>([
  [
    '--expiry must be a duration from 100ms to 24d, with its unit: 30s for seconds, 30ms for milliseconds; it is "30"',
    ...run("--expiry", "30"),
  ],
  [
    '--timeout must be a duration from 0s to 24d, a number with the unit ms, s, m, h or d; it is "soon"',
    ...run("--timeout", "soon"),
  ],
  ['--expiry must be a duration from 100ms to 24d; it is "5ms"', ...run("--expiry", "5ms")],
  ['--expiry must be a duration from 100ms to 24d; it is "30d"', ...run("--expiry", "30d")],
  ['--timeout must be a duration from 0s to 24d; it is "30d"', ...run("--timeout", "30d")],
  ['--max-hold must be a duration from 10ms to 36500d; it is "5ms"', ...run("--max-hold", "5ms")],
  ['--grace must be a duration from 0s to 24d; it is "25d"', ...run("--grace", "25d")],
  ["--timeout and --no-wait exclude each other", "run", "x", "--timeout", "5s", "--no-wait", "--", "true"],
  ["--tick needs {tick} in the name", "run", "x", "--tick", "5m", "--", "true"],
  ["{tick} in the name needs --tick", "run", "x:{tick}", "--", "true"],
  ["--tick-offset needs --tick", "run", "x", "--tick-offset", "5m", "--", "true"],
  ['--tick must be a duration from 1s to 24d; it is "5ms"', "run", "x:{tick}", "--tick", "5ms", "--", "true"],
  ['--tick must be a duration from 1s to 24d; it is "30d"', "run", "x:{tick}", "--tick", "30d", "--", "true"],
  [
    '--tick-offset must be a duration from 0s to 24d; it is "30d"',
    "run",
    "x:{tick}",
    "--tick",
    "1h",
    "--tick-offset",
    "30d",
    "--",
    "true",
  ],
  ["--taken-status must be an exit status from 0 to 255", "run", "x", "--taken-status", "256", "--", "true"],
  ['redsync: --owner must be at most 64 characters, without "/"', "run", "x", "--owner", "a/b", "--", "true"],
  ["redsync: --fencing: the name", "run", "x:fence", "--fencing", "--", "true"],
  ["run needs a command: redsync run NAME -- command args", "run", "x"],
  ["run needs a command", "run", "x", "--"],
  ['the name is missing before "--": redsync run NAME -- command args', "run", "--", "ls"],
  ['the name is missing before "--"', "run", "--expiry", "1h", "--", "ls", "-l", "--", "/"],
  ['the command comes behind "--": redsync run NAME -- command args', "run", "x", "echo", "hi"],
  ['the command comes behind "--"', "run", "x", "echo", "--", "hi"],
  ['the command comes behind "--"', "run", "x", "sh", "-c", "exit 3"],
  ['the command comes behind "--"', "run", "x", "printf", "--version"],
  ["missing required argument 'name'", "run"],
  ["unknown option '--expire'", "run", "x", "--expire", "5s", "--", "true"],
  ["unknown command 'lock'", "lock", "x"],
  ["name must be well-formed Unicode", "inspect", ""],
  ['--interval must be a duration from 10ms to 24d; it is "1ms"', "watch", "x", "--interval", "1ms"],
  ['--interval must be a duration from 10ms to 24d; it is "30d"', "watch", "x", "--interval", "30d"],
  ["--for must be a duration from 0s to 36500d, a number with", "watch", "x", "--for", "-1s"],
  [
    '--connect-timeout must be a duration from 1ms to 24d; it is "0s"',
    "inspect",
    "x",
    "--connect-timeout",
    "0s",
  ],
  [
    '--connect-timeout must be a duration from 1ms to 24d; it is "30d"',
    "ls",
    "x",
    "--connect-timeout",
    "30d",
  ],
  ['--expiry must be a duration from 100ms to 24d; it is "1ms"', "doctor", "--expiry", "1ms"],
  ['--prefix must have no "}" except in a hash tag, such as "{tag}"; it is "a}"', "doctor", "--prefix", "a}"],
  [
    '--timeout-factor must be a number of at least 0 and less than 1, such as 0.05; it is "1"',
    "doctor",
    "--timeout-factor",
    "1",
  ],
  ['less than 1, such as 0.05; it is ""', "doctor", "--timeout-factor", ""],
  ["unlock asks before it unlocks", "unlock", "x"],
  [
    "--cert and --key are for rediss:// and rediss+sentinel://: no node has such a URL",
    "inspect",
    "x",
    "--cert",
    "/nowhere",
    "--key",
    "/nowhere",
  ],
])("%s", async (message, ...words) => {
  const { status, stdout, stderr } = await redsync(words, nowhere);
  expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
  expect(stderr).toMatch(/^redsync: /);
  expect(stderr).toContain(message);
});

it.each([
  ["no Redis is given", ""],
  ["node 0 is no URL of a Redis", "http://user:hunter2@host"],
  ["node 1 is no URL of a Redis", "redis://host redis:hunter2"],
  ["node 1 is node 0 again", "redis://:hunter2@host,redis://:hunter2@host"],
  ["node 1 is node 0 again", "redis://:hunter2@host/0,rediss://user:hunter2@host:6379/1"],
  ["node 1 is node 0 again", "/socket?password=hunter2 /socket?db=1"],
  ["node 0 is no URL of a Redis", "redis://:hunter2@a,b"],
  ["node 0 is no URL of a Redis", "redis://:100%hunter2@host"],
  ["such characters as / ? # @ % are written as %2F", "redis://:hunter2#@host"],
  ["In a user or password such characters as", "redis://%zz:hunter2@host"],
  ['node 0: the database in its URL must be a number; it is "abc"', "redis://:hunter2@host/abc"],
  ["node 0 is no URL of a Redis", "redis://user:12/hunter2@host"],
  ["node 0 is no URL of a Redis", "redis://user:12/hunter2#@host"],
  ["node 0 is no URL of a Redis", "redis://user:12?hunter2&@host"],
  ['node 1: db in its URL must be a number; it is ""', "redis://host /socket?password=hunter2&db="],
  ['node 0: family in its URL must be 0, 4 or 6; it is "5"', "redis://host?password=hunter2&family=5"],
  ['not "connectTimeout"', "redis://:hunter2@host?connectTimeout=x"],
  ['not "lazyConnect"', "/socket?password=hunter2&lazyConnect=1"],
  ["node 0 is no URL of a Redis", "redis+sentinel://:hunter2@a,b"],
  ["node 0 is no URL of a Redis", "redis+sentinel://:hunter2@a,,b/name"],
  ["node 0 is no URL of a Redis", "redis+sentinel://a/name?password=hunter2"],
  ["node 1 is node 0 again", "redis+sentinel://:hunter2@a,b/name,redis+sentinel://:hunter2@a,b/name"],
  ["node 1 is node 0 again (host:1)", "redis://:hunter2@HOST:1,redis://:hunter2@host:1"],
  ["node 1 is node 0 again", "redis+sentinel://:hunter2@A,b/name,redis+sentinel://:hunter2@a,B/name"],
])("%s, and no password is shown", async (message, urls) => {
  const { status, stderr } = await redsync(["inspect", "x"], { urls });
  expect(status).toBe(64);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("hunter2");
});

it.each([
  ["redis://a", "/socket"],
  ["redis://a", "redis+sentinel://b/name"],
])("--cluster needs URLs of servers, all of them: %s %s", async (...urls) => {
  const { status, stderr } = await redsync(["inspect", "x", "--cluster"], { urls: urls.join(" ") });
  expect({ status, stderr }).toEqual({ status: 64, stderr: "redsync: --cluster needs URLs of servers\n" });
});

it.each([
  [["inspect", "x", "--redi=redis://user:hunter2@host"]],
  [["inspect", "x", "--skip", "redis://user:hunter2@host"]],
  [["redis://user:hunter2@host"]],
  [["doctor", "--redis", "redis://host", "--skip", "redis://user:hunter2@host"]],
  [["run", "x", "--timeout", "redis://user:hunter2@host", "--", "true"]],
])("what is wrong is told without the password of a URL in the wrong place: %j", async (words) => {
  const { status, stdout, stderr } = await redsync(words, nowhere);
  expect(status).toBe(64);
  expect(stdout + stderr).not.toContain("hunter2");
});

it.each([[[]], [["run"]], [["inspect"]], [["ls"]], [["unlock"]], [["watch"]], [["doctor"]]])(
  "%j has help, which names its exit statuses or where they are",
  async (words) => {
    const { status, stdout } = await redsync([...words, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Usage: redsync/);
    expect(stdout).toContain("REDIS_URLS");
  },
);

it.each([
  [["run", "x", "--", "true"]],
  [["inspect", "x"]],
  [["ls", "*"]],
  [["unlock", "x", "--force"]],
  [["watch", "x"]],
  [["doctor"]],
])("%j ends with 69 when Redis is down", async (words) => {
  const { status, stdout, stderr } = await redsync(words, nowhere);
  expect(status).toBe(69);
  expect(stdout + stderr).toContain("ECONNREFUSED");
});
