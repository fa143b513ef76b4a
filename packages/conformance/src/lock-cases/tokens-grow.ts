import { LockFailedError } from "@redsync/core";
import { isA, ok, rejection, same } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling, first } from "../fixture/matches.ts";
import { expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { atClock, fenced, grow, MINUTE, microseconds, moveAhead, tokenFrom, tokenOf } from "../tokens.ts";

/** Tokens that grow, whatever comes between two holders. */
export const tokensGrow: readonly Case[] = [
  ...lockCase(
    "tokens grow over attempts that failed, and that were aborted",
    { nodes: [1, 3], faults: true },
    async (fixture) => {
      const mutex = fixture.timed({ ...expiry20sRound1s, ...fenced, tries: 1 });
      const tokens = [await tokenFrom(mutex)];
      const all = [...fixture.nodes.keys()];
      const minority = all.slice(0, Math.ceil(all.length / 2) - 1);
      await fixture.tampering.takenByOther({ nodes: all.slice(minority.length) });
      same(await mutex.tryLock(), null);
      await fixture.tampering.forget();
      tokens.push(await tokenFrom(mutex));

      const held = gate();
      const mending = fixture.nodes.map(({ inject }) => inject(held.reply, calling("acquire")));
      const controller = new AbortController();
      const aborted = rejection(mutex.lock({ signal: controller.signal }));
      await held.reached;
      controller.abort();
      await aborted;
      for (const mend of mending) mend();
      await held.release();
      await fixture.settled();
      tokens.push(await tokenFrom(mutex));

      const late = gate();
      const ending = fixture.nodes.map(({ inject }) => inject(late.delivery, first(calling("acquire"))));
      const failing = rejection(mutex.lock());
      await fixture.clock.advance(ROUND_1S);
      isA(await failing, LockFailedError);
      for (const end of ending) end();
      await late.release();
      await fixture.hasNoKeyLeft();
      tokens.push(await tokenFrom(mutex));
      grow(tokens);
    },
  ),

  ...lockCase(
    "tokens grow over an expiry, and over a holder without fencing",
    { nodes: 1 },
    async (fixture) => {
      const tokens = [tokenOf(await fixture.mutex(fenced).lock())];
      await fixture.tampering.expireIn(20, { nodes: [0] });
      const waiting = fixture.mutex({ tries: Number.POSITIVE_INFINITY });
      same(await (await waiting.lock()).unlock(), "released");
      tokens.push(await tokenFrom(fixture.mutex(fenced)));
      await fixture.tampering.send(0, "SET", fixture.name, "Go", "PX", "20");
      tokens.push(await tokenFrom(fixture.mutex({ ...fenced, tries: Number.POSITIVE_INFINITY })));
      grow(tokens);
    },
  ),

  ...lockCase(
    "tokens grow over nodes that are down, one after the other",
    { nodes: 3, faults: true },
    async (fixture) => {
      const tokens: number[] = [];
      const clocks = [3 * MINUTE, -3 * MINUTE, 0, MINUTE];
      for (const [turn, ahead] of [...clocks, ...clocks].entries()) {
        const mend = fixture.at(turn % 3).inject(connectionCut, calling("acquire"));
        tokens.push(await tokenFrom(atClock(fixture, ahead)));
        mend();
      }
      grow(tokens);
    },
  ),

  ...lockCase(
    "tokens grow if a node forgets all, and others have the fence",
    { nodes: 3, faults: true },
    async (fixture) => {
      const tokens = [await moveAhead(fixture)];
      for (const node of [0, 1, 2]) {
        await fixture.tampering.forget({ nodes: [node], name: fenceOf(fixture.name) });
        // A node that answers after the verdict keeps what it has, and would be one more that forgot.
        tokens.push(await tokenFrom(fixture.mutex({ ...fenced, failFast: false })));
      }
      grow(tokens);
    },
  ),

  ...lockCase(
    "tokens grow among clients whose clocks are minutes apart, and stay within a second of the nodes'",
    { nodes: [1, 3] },
    async (fixture) => {
      const mutexes = [0, 3 * MINUTE, -3 * MINUTE, 5 * MINUTE].map((ahead) => atClock(fixture, ahead));
      const tokens: number[] = [];
      for (const mutex of [...mutexes, ...mutexes.reverse()]) {
        const before = microseconds();
        const token = await tokenFrom(mutex);
        ok(
          token > before - 5_000_000 && token < microseconds() + 5_000_000,
          `it is near the time: ${token}, ${before}`,
        );
        tokens.push(token);
      }
      grow(tokens);
    },
  ),
];
