import { type RedisServer, startServer } from "@redsync/conformance/servers";
import type { Command } from "@redsync/core";
import { memoryNode } from "@redsync/memory";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { replies } from "./replies.ts";

/** Commands whose replies are compared one by one; of a TTL, a present time and an error only the kind. */
export type Plays = Readonly<Record<string, readonly Command[]>>;

/** Registers a test for each play: that memory replies as a Redis does. */
export function repliesAsRedis(plays: Plays): void {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.command("FLUSHALL"));

  it.each(Object.keys(plays))("replies as Redis does: %s", async (play) => {
    const commands = plays[play] ?? [];
    const node = memoryNode();
    const expected = await replies((command) => server.command(...command), commands);
    const actual = await replies((command) => node.send(command), commands);
    const common = actual.map((ways, at) => ways.find((way) => expected[at]?.includes(way)));
    expect(actual.map(([way], at) => common[at] ?? way)).toEqual(
      expected.map(([way], at) => common[at] ?? way),
    );
  });
}
