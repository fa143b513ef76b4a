import type { RedisServer } from "@redsync/conformance/servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Databases, startDatabases } from "./databases.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

describe.each([
  ["through one module-level Redsync", "requests.ts", "no nodejs_compat"],
  ["through one module-level Redsync", "requests.ts", "nodejs_compat"],
  ["through clients of their own over TCP", "tcp-requests.ts", "nodejs_compat"],
] as const)("requests %s (%s, with %s)", (_, worker, compatibility) => {
  let databases: Databases;
  let nodes: readonly RedisServer[];
  let notes: RedisServer;
  let workerd: Workerd;
  beforeAll(async () => {
    databases = await startDatabases(4);
    [notes, ...nodes] = databases.servers as [RedisServer, ...RedisServer[]];
    workerd = await startWorkerd(worker, compatibility, databases.env);
  });
  afterAll(async () => {
    await workerd?.stop();
    await databases?.stop();
  });
  afterEach(async () => {
    for (const node of nodes) node.thaw();
    await noted.clear();
    expect(await ask("/unhandled")).toEqual([]);
    expect(workerd.complaints).toEqual([]);
  });

  const everywhere = (...command: string[]) => Promise.all(nodes.map((node) => node.command(...command)));
  const ask = (path: string) => workerd.ask(path);
  const noted = Object.assign(
    (text: string) => expect.poll(() => notes.command("LRANGE", "notes", "0", "-1")).toContain(text),
    { clear: () => notes.command("DEL", "notes") },
  );
  const noKeyIsLeft = () => expect.poll(() => everywhere("EXISTS", "name")).toEqual([0, 0, 0]);
  const cancelled = /AbortError/;

  it("take turns, twenty at once", async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`/patient/${index}`)));
    expect(new Set(results)).toEqual(new Set(["released"]));
    await noKeyIsLeft();
  });

  it("go on when the first is cancelled while both wait for the lock", async () => {
    await everywhere("SET", "name", "somebody-else");
    const first = expect(ask("/patient/first")).rejects.toThrow(cancelled);
    const second = ask("/patient/second");
    await Promise.all([noted("/patient/first asks"), noted("/patient/second asks")]);
    await workerd.cancel("/patient/first");
    await first;
    await everywhere("DEL", "name");
    expect(await second).toBe("released");
    expect(await ask("/settled")).toBe("settled");
    await noKeyIsLeft();
  });

  it("go on when the first is cancelled with its commands in flight, and leave no key", async () => {
    for (const node of nodes) node.freeze();
    const first = expect(ask("/patient/first")).rejects.toThrow(cancelled);
    await noted("/patient/first asks");
    const second = ask("/patient/second");
    await noted("/patient/second asks");
    await workerd.cancel("/patient/first");
    await first;
    for (const node of nodes) node.thaw();
    expect(await second).toBe("released");
    expect(await ask("/settled")).toBe("settled");
    await noKeyIsLeft();
  });

  it("hand the slow minority to ctx.waitUntil, and leave no key on it", async () => {
    nodes[2]?.freeze();
    expect(await ask("/hasty/only")).toBe("released");
    nodes[2]?.thaw();
    expect(await ask("/settled")).toBe("settled");
    await noKeyIsLeft();
  });

  // The last one: settled() waits for what the dead request had under way as long as that may have taken.
  it("reach their own deadlines when the one before them dies in the middle of its own", async () => {
    nodes[2]?.freeze();
    const first = expect(ask("/forgetful/first")).rejects.toThrow(cancelled);
    await noted("/forgetful/first asks");
    const second = ask("/patient/second");
    await noted("/patient/second asks");
    await workerd.cancel("/forgetful/first");
    await first;
    await noted("/patient/second holds");
    nodes[2]?.thaw();
    expect(await second).toBe("released");
    await noKeyIsLeft();
  });
});
