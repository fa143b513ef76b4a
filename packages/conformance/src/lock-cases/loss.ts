import { ExtendFailedError } from "@redsync/core";
import { abortsOf } from "../aborts-of-signal.ts";
import { isA, matches, ok, rejection, same, until } from "../assert.ts";
import { connectionCut, gate } from "../fixture/faults.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { calling } from "../fixture/matches.ts";
import { EXPIRY_20S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { losses, lossOf } from "../losses.ts";
import { Recorder } from "../recorder.ts";

/** What a loss says, and that it is final. */
export const loss: readonly Case[] = [
  ...lockCase(
    "signal aborts as soon as extend() or verify() finds the loss, with the reason and the nodes' answers",
    { nodes: [1, 3] },
    async (fixture) => {
      for (const { reason, status, lose } of losses) {
        for (const operation of ["extend", "verify"] as const) {
          const lock = await fixture.mutex({ failFast: false }).lock();
          const { signal } = lock;
          const count = abortsOf(signal);
          await lose(fixture);
          same(signal.aborted, false);
          const error = await rejection(lock[operation]());
          const loss = lossOf(signal);
          ok(error === loss, `what ${operation}() rejects with is what the signal aborts with`);
          same(loss.reason, reason);
          same(
            loss.outcomes.map((outcome) => `${outcome.node} ${outcome.name} ${outcome.status}`),
            fixture.nodes.map((_, node) => `${node} ${fixture.name} ${status}`),
          );
          matches(loss.message, new RegExp(`node 0: ${status}`));
          await lock.unlock();
          same(count.aborts, 1);
          await fixture.tampering.forget();
        }
      }
    },
  ),

  ...lockCase(
    "the loss that was found first is what a lock says for ever, also after unlock()",
    { nodes: 1 },
    async (fixture) => {
      for (const { lose } of losses) {
        const lock = await fixture.mutex().lock();
        await lose(fixture);
        const error = await rejection(lock.verify());
        await lock.unlock();
        ok(lossOf(lock.signal) === error, "the signal has that loss");
        for (const call of [() => lock.extend(), () => lock.verify(), async () => lock.assertHeld()])
          ok((await rejection(call())) === error, "a call rejects with that loss");
        await fixture.tampering.forget();
      }
    },
  ),

  ...lockCase(
    "signal has already aborted if it is first read after the loss, with that loss",
    { nodes: 1 },
    async (fixture) => {
      for (const { lose } of losses) {
        const lock = await fixture.mutex().lock();
        await lose(fixture);
        const error = await rejection(lock.verify());
        const { signal } = lock;
        ok(lossOf(signal) === error, "it has aborted with the loss that was found");
        ok(lock.signal === signal, "it is always the same");
        await fixture.tampering.forget();
      }
      const recorded = new Recorder();
      const lock = await fixture.timed({ onEvent: recorded.onEvent }).lock();
      fixture.clock.ahead += 60_000;
      same(lossOf(lock.signal).reason, "expired");
      same(recorded.of("lost").length, 1, "losses reported");
      const unlocked = await fixture.mutex({}, fixture.another()).lock();
      await unlocked.unlock();
      matches(lossOf(unlocked.signal).message, /unlock\(\) was called/);
    },
  ),

  ...lockCase(
    "a loss is final: no extension that was granted before and is heard after it revives the lock",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const held = gate();
      fixture.at(0).inject(held.reply, calling("extend"));
      const extending = rejection(lock.extend());
      await held.reached;
      await fixture.tampering.takenByOther();
      const loss = await rejection(lock.verify());
      await held.release();
      ok((await extending) === loss, "the extension rejects with the loss");
      ok(lossOf(lock.signal) === loss, "and the signal has aborted with it");
      same(lock.remaining(), 0);
    },
  ),

  ...lockCase(
    "a loss says taken if a node had shown somebody else's value to the extension",
    { nodes: 3, faults: true },
    async (fixture) => {
      const lock = await fixture.timed().lock();
      const { signal } = lock;
      await fixture.tampering.takenByOther({ nodes: [0] });
      for (const node of [1, 2]) fixture.at(node).inject(connectionCut, calling("extend"));
      isA(await rejection(lock.extend()), ExtendFailedError);
      await fixture.clock.advance(EXPIRY_20S);
      same(lossOf(signal).reason, "taken");
      matches(lossOf(signal).message, /node 0: taken/);
    },
  ),

  ...lockCase(
    "a loss that an aborted extension finds is a loss all the same",
    { nodes: 3 },
    async (fixture) => {
      const lock = await fixture.mutex().lock();
      const { signal } = lock;
      await fixture.tampering.takenByOther();
      const controller = new AbortController();
      const extending = rejection(lock.extend({ signal: controller.signal }));
      controller.abort("enough");
      same(await extending, "enough");
      await until("it has aborted", () => signal.aborted);
      same([lossOf(signal).reason, lock.remaining()], ["taken", 0]);
    },
  ),
];
