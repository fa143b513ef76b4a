import { inspect } from "node:util";
import { expect, it } from "vitest";
import type { LockFailedError, RedsyncEvent } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { OnClock, watched } from "./queue-node.ts";

it("what a client says of its connection is in the error, without the command that has its password", async () => {
  const clock = new HandClock();
  const events: RedsyncEvent[] = [];
  const refused = Object.assign(new Error("WRONGPASS invalid username-password pair"), {
    // As ioredis has it.
    command: { name: "hello", args: ["3", "AUTH", "default", "open-sesame"] },
  });
  const node = {
    send: () => new Promise<never>(() => {}),
    disconnection: () => new Error(`its client is not connected: ${refused.message}`, { cause: refused }),
  };
  const defaults = { tries: 1, onEvent: (event: RedsyncEvent) => void events.push(event) };
  const mutex = new OnClock([node], defaults, clock).mutex("job");
  const errors: unknown[] = [];
  // The second one asks whether the node is back, and the third, at the same time, does not ask it.
  for (const count of [1, 2]) {
    const calls = Array.from({ length: count }, () => watched(mutex.tryLock()));
    await clock.advance(500);
    errors.push(...calls.map(({ error }) => error));
  }
  const messages = errors.map((error) => (error as LockFailedError).message);
  expect(messages[0]).toContain("no answer within");
  expect(messages[2]).toContain("not asked: it is silent");
  for (const message of messages) expect(message).toContain("WRONGPASS");
  const shown = inspect([errors, events], { depth: 20, showHidden: true, getters: true });
  expect(shown).not.toContain("open-sesame");
});
