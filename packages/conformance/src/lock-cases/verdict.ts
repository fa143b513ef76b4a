import { LockFailedError, type Redsync } from "@redsync/core";
import { isA, rejection, same } from "../assert.ts";
import { connectionCut, errorReply, type Fault, type Gate, gate } from "../fixture/faults.ts";
import type { Fixture } from "../fixture/fixture.ts";
import { inLanes } from "../fixture/in-lanes.ts";
import { lockCase } from "../fixture/lock-case.ts";
import { asking, calling, first } from "../fixture/matches.ts";
import { OTHER } from "../fixture/tampering.ts";
import { expiry20sRound10s } from "../fixture/timings.ts";
import type { Case } from "../harness.ts";

const kinds = ["ok", "taken", "failed", "unknown"] as const;
type Kind = (typeof kinds)[number];

const faults: Partial<Record<Kind, Fault>> = {
  failed: errorReply("LOADING Redis is loading the dataset in memory"),
  unknown: connectionCut,
};

/** Has a node answer the next acquire with that kind of answer, once the gate opens. */
async function prepare(fixture: Fixture, name: string, node: number, kind: Kind): Promise<Gate> {
  const held = gate();
  const fault: Fault = (deliver) => held.reply(() => (faults[kind] ?? ((plainly) => plainly()))(deliver));
  const match = asking((question) => question.operation === "acquire" && question.name === name);
  fixture.at(node).inject(fault, first(match));
  if (kind === "taken") await fixture.tampering.takenByOther({ nodes: [node], name });
  else await fixture.tampering.forget({ nodes: [node], name });
  return held;
}

function expected(answers: readonly Kind[]): string {
  const count = (kind: Kind) => answers.filter((answer) => answer === kind).length;
  if (count("ok") >= 2) return "a lock";
  return count("taken") >= 2 ? "contended" : "failed";
}

async function verdictOf(
  fixture: Fixture,
  redsync: Redsync,
  name: string,
  answers: readonly Kind[],
): Promise<string> {
  const gates = await Promise.all(answers.map((kind, node) => prepare(fixture, name, node, kind)));
  const trying = redsync.mutex(name).tryLock();
  // Handled now: it may reject before the last gate opens.
  const trial = trying.then(
    (lock) => (lock === null ? "contended" : lock),
    (error: unknown) => error,
  );
  await Promise.race([trial, Promise.all(gates.map(({ reached }) => reached))]);
  for (const { release } of gates) await release();
  const result = await trial;
  if (result === "contended") return result;
  if (result instanceof Error) {
    isA(result, LockFailedError);
    return "failed";
  }
  same(await (result as { unlock(): Promise<unknown> }).unlock(), "released");
  return "a lock";
}

/** All answers that three nodes can give, in every order. */
const answersOfThree = kinds.flatMap((a) => kinds.flatMap((b) => kinds.map((c) => [a, b, c] as const)));

function overEveryOrder(failFast: boolean): readonly Case[] {
  const title = `the verdict hangs on the answers, not on their order, ${failFast ? "as it is" : "without failFast"}`;
  return lockCase(title, { nodes: 3, faults: true }, async (fixture) => {
    await inLanes(fixture, answersOfThree, async (name, answers) => {
      // Of its own, so that no fault strikes what another lane asks in the same turn.
      const redsync = fixture.redsync({ ...expiry20sRound10s, failFast });
      same(await verdictOf(fixture, redsync, name, answers), expected(answers), `the verdict of ${answers}`);
      await redsync.settled();
      const left = answers.map((kind) => (kind === "taken" ? OTHER : null));
      same(await fixture.keys.values(name), left, `what is left after ${answers}`);
    });
  });
}

/** Judging a round of answers. */
export const verdict: readonly Case[] = [
  ...overEveryOrder(false),
  ...overEveryOrder(true),

  ...lockCase(
    "errors keep each node's own index though the nodes are asked in random order",
    { nodes: 5, faults: true },
    async (fixture) => {
      await fixture.tampering.takenByOther({ nodes: [0] });
      fixture.at(1).inject(connectionCut, calling("acquire"));
      fixture.at(3).inject(faults.failed as Fault);
      const mutex = fixture.timed({ tries: 1, shuffleNodes: true });
      for (let turn = 0; turn < 10; turn++) {
        const error = await rejection(mutex.lock());
        isA(error, LockFailedError);
        same(
          error.outcomes.map(({ node, status }) => `${node} ${status}`),
          ["0 taken", "1 unknown", "2 ok", "3 failed", "4 ok"],
        );
        same(
          error.outcomes.flatMap((outcome) => ("error" in outcome ? outcome.error.node : [])),
          [1, 3],
        );
        // Over HTTP the next attempt may overtake the undo of this one, which is sent again for half a second, and meet its own value.
        await fixture.clock.advance(500);
        await fixture.settled();
      }
      same(await fixture.keys.values(), [OTHER, null, null, null, null]);
    },
  ),
];
