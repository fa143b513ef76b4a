import { ExtendFailedError, LockFailedError } from "@redsync/core";
import { isA, matches, ok, rejection, same } from "../assert.ts";
import { TRYAGAIN } from "../error-replies.ts";
import { errorReply, hung } from "../fixture/faults.ts";
import { mendAll } from "../fixture/faulty-nodes.ts";
import { fenceOf } from "../fixture/keys.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { withFence } from "../fixture/matches.ts";
import { EXPIRY_20S, expiry20sRound1s, ROUND_1S } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";
import { fenced, tokenOf } from "../tokens.ts";

/** Nodes that refuse a command because of its fence. */
export const fenceRefusals: readonly Case[] = [
  ...lockCase(
    "a held lock is kept while its fence is on another server than its name",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.mutex(fenced).lock();
      fixture.at(0).inject(errorReply(TRYAGAIN), withFence);
      await fixture.tampering.expireIn(5_000, { nodes: [0] });
      await lock.extend();
      await lock.extend();
      ok(((await fixture.keys.ttls())[0] ?? 0) > 10_000, "it was extended");
      const error = await rejection(fixture.mutex({ ...fenced, tries: 1 }, fixture.another()).lock());
      isA(error, LockFailedError);
      matches(error.message, /node 0: refused: TRYAGAIN /);
      mendAll(fixture.nodes);
      // The fence was left behind meanwhile.
      await fixture.tampering.forget({ nodes: [0], name: fenceOf(fixture.name) });
      await lock.extend();
      same(await fixture.keys.fences(), [tokenOf(lock)], "the fence is mended");
      same(await lock.unlock(), "released");
    },
  ),

  ...lockCase(
    "extends without the fence after a round that asked for it in vain",
    { nodes: 1, faults: true },
    async (fixture) => {
      const lock = await fixture.timed({ ...expiry20sRound1s, ...fenced }).lock();
      fixture.at(0).inject(hung, withFence);
      const failing = rejection(lock.extend());
      await fixture.clock.advance(ROUND_1S);
      isA(await failing, ExtendFailedError);
      await lock.extend();
      ok(lock.remaining() > EXPIRY_20S - ROUND_1S, "it was extended");
      mendAll(fixture.nodes);
      await fixture.tampering.forget({ nodes: [0], name: fenceOf(fixture.name) });
      await lock.extend();
      same(await fixture.keys.fences(), [tokenOf(lock)], "the fence is mended");
      same(await lock.unlock(), "released");
    },
  ),
];
