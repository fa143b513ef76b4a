import { inspect } from "node:util";
import { expect, it } from "vitest";
import type { LockFailedError, RedsyncEvent } from "../src/index.ts";
import { HandClock } from "./hand-clock.ts";
import { OnClock, watched } from "./queue-node.ts";

const WRONG = "WRONGPASS invalid username-password pair";
const HELLO = "ERR unknown command 'HELLO'";

it.each<[how: string, says: string, refused: Error]>([
  [
    "in a command, as ioredis has it",
    WRONG,
    Object.assign(new Error(WRONG), {
      command: { name: "hello", args: ["3", "AUTH", "default", "open-sesame"] },
    }),
  ],
  ["in plain words", WRONG, Object.assign(new Error(WRONG), { command: "AUTH", args: ["open-sesame"] })],
  [
    "in what a server quotes that does not know it",
    HELLO,
    new Error(`${HELLO}, with args beginning with: '3' 'AUTH' 'default' 'open-sesame' `),
  ],
])(
  "what a client says of its connection is in the error, without the password %s",
  async (_, says, refused) => {
    const clock = new HandClock();
    const events: RedsyncEvent[] = [];
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
    for (const message of messages) expect(message).toContain(says);
    const shown = inspect([errors, events], { depth: 20, showHidden: true, getters: true });
    expect(shown).not.toContain("open-sesame");
  },
);

it("nor is the password in what a client rejects with", async () => {
  const why = new Error(`${HELLO}, with args beginning with: '3' 'AUTH' 'default' 'open-sesame' `);
  const offline = new Error(`The client is offline: ${why.message}`, { cause: why });
  const node = { send: () => Promise.reject(offline) };
  const call = watched(new OnClock([node], { tries: 1 }, new HandClock()).mutex("job").lock());
  await expect.poll(() => call.error).toBeDefined();
  expect(String(call.error)).toContain(HELLO);
  expect(inspect(call.error, { depth: 20, showHidden: true, getters: true })).not.toContain("open-sesame");
});
