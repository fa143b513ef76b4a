// What `nest build` would make of it: CommonJS, with what the types say of constructors.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Gate, openGate } from "@redsync/conformance/http-gate";
import { Program } from "@redsync/conformance/program";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const app = new URL("..", import.meta.url);

let redis: RedisServer;
let mail: Gate;
let one: Application;
let other: Application;
beforeAll(async () => {
  redis = await startServer();
  mail = await openGate();
  vi.stubEnv("MAIL_URL", mail.url);
  vi.stubEnv("PORT", "0");
  [one, other] = await Promise.all([start(), start()]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await one?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await mail?.[Symbol.asyncDispose]();
  await redis?.stop();
});

interface Application extends AsyncDisposable {
  readonly program: Program;
  post(path: string, body?: object): Promise<Response>;
}

async function start(): Promise<Application> {
  const program = new Program(app, redis.url);
  const url = (await program.printed("listens")).replace("listens ", "");
  return {
    program,
    post: (path, body = {}) =>
      fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", connection: "close" },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

const send = async (application: Application, id: string) => {
  const answer = await application.post(`/invoices/${id}/mail`);
  return { status: answer.status, body: await answer.text() };
};
const sent = (id: string) => ({ status: 201, body: `sent ${id}` });
const refused = (status: number, code: string) => ({
  status,
  body: JSON.stringify({ statusCode: status, code }),
});
const timesSent = (id: string) => mail.passed.filter((body) => body === id).length;
const waiting = (id: string) => redis.command("ZCOUNT", `{invoice:${id}}:queue`, "-inf", "(9007199254740991");
const isLocked = async (id: string) => (await redis.command("EXISTS", `invoice:${id}`)) === 1;

it("is CommonJS", () => {
  expect(readFileSync(new URL("dist/main.js", app), "utf8")).toContain('require("@nestjs/core")');
});

describe.concurrent("over HTTP", () => {
  it("sends an invoice in one application at a time", async ({ expect }) => {
    const first = mail.hold(/41/);
    const answers = [send(one, "41"), send(other, "41")];
    await first.reached;
    const second = mail.hold(/41/);
    await expect.poll(() => waiting("41")).toBe(1);
    expect(timesSent("41")).toBe(0);
    first.release();
    await second.reached;
    expect(timesSent("41")).toBe(1);
    second.release();
    expect(await Promise.all(answers)).toEqual([sent("41"), sent("41")]);
    expect(await isLocked("41")).toBe(false);
  });

  it("locks several names, from within an argument", async ({ expect }) => {
    const answer = await one.post("/transfers", { from: "b", to: "a" });
    expect(await answer.text()).toBe("from b to a under account:a,account:b");
  });

  it("answers 409 when somebody else has held the name for too long", async ({ expect }) => {
    await redis.command("SET", "invoice:42", "somebody-else");
    expect(await send(one, "42")).toEqual(refused(409, "REDSYNC_LOCK_TAKEN"));
    expect(timesSent("42")).toBe(0);
  });
});

describe.concurrent("SIGTERM", () => {
  it("refuses who waits with 503, lets who works end, and ends the process by the signal", async ({
    expect,
  }) => {
    await using stopped = await start();
    const held = mail.hold(/43/);
    const working = send(stopped, "43");
    await held.reached;
    const late = send(stopped, "43");
    await expect.poll(() => waiting("43")).toBe(1);
    stopped.program.signal("SIGTERM");
    expect(await late).toEqual(refused(503, "REDSYNC_CLOSED"));
    held.release();
    expect(await working).toEqual(sent("43"));
    expect(await stopped.program.ended).toBe(null);
    expect(await isLocked("43")).toBe(false);
  });

  it("aborts work that does not end in time, and the next application has the name at once", async ({
    expect,
  }) => {
    await using stopped = await start();
    const held = mail.hold(/44/);
    const lost = send(stopped, "44");
    await held.reached;
    const next = send(other, "44");
    await expect.poll(() => waiting("44")).toBe(1);
    const value = await redis.command("GET", "invoice:44");
    stopped.program.signal("SIGTERM");
    expect(await lost).toEqual(refused(500, "REDSYNC_LOCK_LOST"));
    // It would have lasted for as long as half a minute yet.
    expect(await redis.command("GET", "invoice:44")).not.toBe(value);
    expect(await next).toEqual(sent("44"));
    await stopped.program.ended;
  });
});

/** Closes the application by itself, as a test or a script does, when it is told to. Nothing else ends its process. */
const CLOSES = `
  const { NestFactory } = require("@nestjs/core");
  const { AppModule } = require("./dist/app.module.js");
  NestFactory.createApplicationContext(AppModule).then((application) => {
    console.log("open");
    process.stdin.once("end", () => application.close()).resume();
  });
`;

it("lets go of its client although Redis is away", async () => {
  await using own = await startServer();
  const child = spawn(process.execPath, ["-e", CLOSES], {
    cwd: app,
    env: { ...process.env, REDIS_URL: own.url },
    stdio: ["pipe", "pipe", "inherit"],
  });
  using _ = { [Symbol.dispose]: () => child.kill("SIGKILL") };
  const ended = once(child, "exit");
  for await (const line of createInterface(child.stdout)) if (line === "open") break;
  await own.kill();
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
});
