import { startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redlock } from "@sesamecare-oss/redlock";
import { Redis } from "ioredis";
import { expect, it } from "vitest";

it("the fork locks in the database of its own setting, whatever database its client has", async () => {
  await using server = await startServer();
  const clients = [0, 1].map((db) => new Redis(server.port, { db }));
  try {
    const [inDefault, inOther] = clients.map((client) =>
      new Redsync(ioredisNode(client)).mutex("invoice:42"),
    );
    const lock = await new Redlock([clients[1] as Redis]).acquire(["invoice:42"], 60_000);
    expect(await inDefault?.tryLock()).toBeNull();
    expect(await (await inOther?.tryLock())?.unlock()).toBe("released");
    await lock.release();

    const told = await new Redlock([clients[0] as Redis], { db: 1 }).acquire(["invoice:42"], 60_000);
    expect(await inOther?.tryLock()).toBeNull();
    await told.release();
  } finally {
    for (const client of clients) client.disconnect();
  }
});
