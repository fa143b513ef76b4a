import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { LockFailedError, Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";

/** For ever, unless there is no use; and a server that stands still for seconds is in time. */
const endless = { expiry: 60_000, timeoutFactor: 0.5, tries: Number.POSITIVE_INFINITY };

let server: RedisServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

let users = 0;

/** A client whose user has these rights. */
async function clientWith(...rights: string[]): Promise<Redis & AsyncDisposable> {
  const username = `user-${users++}`;
  await server.command("ACL", "SETUSER", username, "on", ">password", ...rights);
  const client = new Redis({ port: server.port, username, password: "password" });
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.disconnect() });
}

it("a user who may not call EVALSHA locks by EVAL", async () => {
  await using client = await clientWith("~*", "+@all", "-evalsha");
  const lock = await new Redsync(ioredisNode(client), endless).mutex("by-text", { fencing: true }).lock();
  await lock.extend();
  await lock.verify();
  expect(await lock.unlock()).toBe("released");
});

it("a server whose EVALSHA has another name is asked by EVAL", async () => {
  await using renamed = await startServer({ config: { "rename-command": "EVALSHA hidden" } });
  const client = new Redis(renamed.port);
  const lock = await new Redsync(ioredisNode(client), endless).mutex("renamed").lock();
  expect(await lock.unlock()).toBe("released");
  client.disconnect();
});

it("the commands and keys that docs/adapters.md names are all that a lock needs", async () => {
  const commands = ["+evalsha", "+eval", "+get", "+set", "+pexpire", "+pttl", "+del", "+time"];
  await using client = await clientWith("~job", "~{job}:fence", "-@all", "+info", ...commands);
  const lock = await new Redsync(ioredisNode(client), endless).mutex("job", { fencing: true }).lock();
  await lock.extend();
  await lock.verify();
  expect(await lock.unlock()).toBe("released");
});

it.each<[what: string, ...rights: string[]]>([
  ["a key", "~other", "+@all"],
  ["the fence's key", "~name", "+@all"],
  ["scripts", "~*", "+@all", "-evalsha", "-eval"],
  ["a command in a script", "~*", "+@all", "-set"],
  ["TIME in a script", "~*", "+@all", "-time"],
])("a user without the right to %s fails at once, and the error says it", async (_, ...rights) => {
  await using client = await clientWith(...rights);
  const redsync = new Redsync(ioredisNode(client), { ...endless, fencing: true });
  const failure = await redsync
    .mutex("name")
    .lock()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(LockFailedError);
  expect(String(failure)).toMatch(
    /1 attempt\b.*node 0: refused: (NOPERM |ERR .*(can't |has no permissions ))/,
  );
  await redsync.settled();
  expect(await server.command("EXISTS", "name")).toBe(0);
});
