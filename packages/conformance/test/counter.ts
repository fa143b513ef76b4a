import type { SendOptions } from "@redsync/core";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type FaultyNode, faulty } from "../src/fixture/faults.ts";
import { type RedisServer, startServer } from "../src/servers/index.ts";

/** What a cut connection is reported as. */
export const closed = "Socket closed unexpectedly";

/** A real server that counts how often a command has run, behind a faulty node that is new for each test. */
export function startCounter() {
  let server: RedisServer;
  let faults: FaultyNode;
  const options: (SendOptions | undefined)[] = [];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.command("FLUSHALL");
    options.length = 0;
    faults = faulty({
      send: (command, given) => {
        options.push(given);
        return server.command(...command);
      },
    });
  });
  return {
    get faults() {
      return faults;
    },
    /** The options that each command was sent with. */
    options,
    command: (...words: string[]) => server.command(...words),
    runs: () => server.command("GET", "runs"),
    increment: () => faults.node.send(["INCR", "runs"]),
  };
}
