import { expect, it } from "vitest";
import { redsync } from "./redsync.ts";

/** Nobody listens there: whoever is refused before anything is sent does not notice. */
const nowhere = { urls: "redis://127.0.0.1:1" };

it.each<[string, ...string[]]>([
  [
    "--expiry must be a duration with its unit: 30s for seconds, 30ms for milliseconds",
    "run",
    "x",
    "--expiry",
    "30",
    "--",
    "true",
  ],
  ["--timeout must be a duration such as 500ms, 30s, 5m, 1h", "run", "x", "--timeout", "soon", "--", "true"],
  ["expiry must be an integer of milliseconds from 100", "run", "x", "--expiry", "5ms", "--", "true"],
  ["maxHold must be a number of milliseconds", "run", "x", "--max-hold", "5ms", "--", "true"],
  ["--timeout and --no-wait exclude each other", "run", "x", "--timeout", "5s", "--no-wait", "--", "true"],
  ["--tick needs {tick} in the name", "run", "x", "--tick", "5m", "--", "true"],
  ["{tick} in the name needs --tick", "run", "x:{tick}", "--", "true"],
  ["--tick-offset needs --tick", "run", "x", "--tick-offset", "5m", "--", "true"],
  ["--tick must be at least 1s", "run", "x:{tick}", "--tick", "5ms", "--", "true"],
  ["--grace must be a duration", "run", "x", "--grace", "5", "--", "true"],
  ["--taken-status must be an exit status from 0 to 255", "run", "x", "--taken-status", "256", "--", "true"],
  ['owner must be at most 64 characters, without "/"', "run", "x", "--owner", "a/b", "--", "true"],
  ["fencing: the name", "run", "x:fence", "--fencing", "--", "true"],
  ["run needs a command", "run", "x"],
  ["missing required argument 'name'", "run"],
  ["unknown option '--expire'", "run", "x", "--expire", "5s", "--", "true"],
  ["unknown command 'lock'", "lock", "x"],
  ["name must be well-formed Unicode", "inspect", ""],
  ["--interval must be at least 10ms", "watch", "x", "--interval", "1ms"],
  ["--connect-timeout must be a duration", "inspect", "x", "--connect-timeout", "5"],
  ["--timeout-factor must be a number from 0 to below 1", "doctor", "--timeout-factor", "1"],
  ["unlock asks before it unlocks", "unlock", "x"],
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
  ["node 0 is no URL of a Redis", "redis+sentinel://:hunter2@a,b"],
  ["node 0 is no URL of a Redis", "redis+sentinel://:hunter2@a,,b/name"],
  ["node 0 is no URL of a Redis", "redis+sentinel://a/name?password=hunter2"],
  ["node 1 is node 0 again", "redis+sentinel://:hunter2@a,b/name,redis+sentinel://:hunter2@a,b/name"],
])("%s, and no password is shown", async (message, urls) => {
  const { status, stderr } = await redsync(["inspect", "x"], { urls });
  expect(status).toBe(64);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("hunter2");
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
