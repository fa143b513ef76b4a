import {
  type RedisServer,
  type SentinelGroup,
  startSentinel,
  startServer,
  type TlsFiles,
  tlsPort,
} from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeCertificate } from "./certificate.ts";
import { killAll, redsync } from "./redsync.ts";

let files: TlsFiles & AsyncDisposable;
beforeAll(async () => {
  files = await makeCertificate();
});
afterAll(() => files[Symbol.asyncDispose]());
afterEach(killAll);

/** What has Node trust the certificate. */
const trusting = () => ({ NODE_EXTRA_CA_CERTS: files.ca });
const urlOf = ({ port }: RedisServer, credentials = "") =>
  `rediss://${credentials}127.0.0.1:${tlsPort(port)}`;
const ECHO = ["run", "job", "--fencing", "--", "sh", "-c", 'echo "$REDSYNC_NAME"; exit 3'];

describe("a server with TLS", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({
      tls: files,
      config: { "tls-auth-clients": "no", requirepass: "open-sesame" },
    });
  });
  afterAll(() => server.stop());

  it("is reached by rediss:// if its certificate is trusted, also with a password", async () => {
    const options = { urls: urlOf(server, ":open-sesame@"), environment: trusting() };
    expect(await redsync(ECHO, options)).toMatchObject({ status: 3, stdout: "job\n", stderr: "" });
    const { stdout } = await redsync(["doctor", "--skip", "persistence"], options);
    expect(stdout).not.toMatch(/DANGER|open-sesame/);
    expect(stdout).toContain("locked, extended, verified and unlocked");
  });

  it("is not given the password if its certificate is not trusted, and it is said why", async () => {
    const { status, stdout, stderr } = await redsync(ECHO, { urls: urlOf(server, ":open-sesame@") });
    expect({ status, stdout }).toEqual({ status: 69, stdout: "" });
    expect(stderr).toMatch(/^redsync: Redis cannot be reached: 127\.0\.0\.1:\d+: .*self-signed certificate/);
    expect(stderr).not.toContain("open-sesame");
  });

  it("refuses a wrong password, which is not shown", async () => {
    const options = { urls: urlOf(server, ":hunter2@"), environment: trusting() };
    const { status, stdout, stderr } = await redsync(["inspect", "job"], options);
    expect(status).toBe(69);
    expect(stdout).toContain("WRONGPASS");
    expect(stdout + stderr).not.toContain("hunter2");
  });

  it.each([
    ["redis:// at a port that speaks TLS", () => urlOf(server).replace("rediss:", "redis:"), "rediss://"],
    ["rediss:// at one that does not", () => `rediss://127.0.0.1:${server.port}`, "redis://"],
  ])("is not reached by %s, and it is said why", async (_, url, says) => {
    const words = ["run", "job", "--connect-timeout", "3s", "--", "true"];
    const { status, stderr } = await redsync(words, {
      urls: url(),
      environment: trusting(),
    });
    expect(status).toBe(69);
    expect(stderr).toContain(`(${says} is with`);
  });
});

it("a server that asks for a certificate is shown that of --cert and --key", async () => {
  await using server = await startServer({ tls: files });
  const options = { urls: urlOf(server), environment: trusting() };
  const own = ["--cert", files.cert, "--key", files.key];
  expect((await redsync(["run", "job", "--", "true"], options)).status).toBe(69);
  expect(await redsync(["run", "job", ...own, "--", "echo", "ran"], options)).toMatchObject({
    status: 0,
    stdout: "ran\n",
    stderr: "",
  });
  const missing = await redsync(["inspect", "job", "--cert", "/nowhere", "--key", files.key], options);
  expect(missing).toMatchObject({ status: 64, stderr: expect.stringContaining("--cert: ENOENT") });
  const alone = await redsync(["inspect", "job", "--cert", files.cert], options);
  expect(alone).toMatchObject({ status: 64, stderr: expect.stringContaining("go together") });
});

it("Sentinel with TLS, and the servers that it names", async () => {
  await using group: SentinelGroup = await startSentinel({ tls: files });
  const [sentinel] = group.sentinels as [RedisServer];
  const urls = `rediss+sentinel://127.0.0.1:${tlsPort(sentinel.port)}/${group.name}`;
  const own = ["--cert", files.cert, "--key", files.key];
  const words = ["run", "job", ...own, "--", "echo", "ran"];
  const ending = await redsync(words, { urls, environment: trusting() });
  expect(ending).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
});
