import type { Kind } from "./kinds.ts";
import type { Mutation } from "./mutant.ts";
import type { Rule } from "./violation.ts";

/** A mutation of core, and the rules of which one must break. */
export interface Case extends Mutation {
  readonly title: string;
  readonly rules: readonly Rule[];
  /** Where only schedules that are about it are likely to show it. */
  readonly kind?: Kind;
}

/** Taking a lock, extending it, giving it back: what breaks there. */
export const mutations: readonly Case[] = [
  {
    title: "no look at the clock after the replies",
    file: "acquire.ts",
    find: " && left > 0",
    replace: "",
    rules: ["valid when given"],
  },
  {
    title: "no look at the clock after an extension's replies",
    file: "lock.ts",
    find: "if (this.left() <= 0) return this.expire();",
    replace: "",
    rules: ["valid when given"],
  },
  {
    title: "one value for all attempts",
    file: "acquire.ts",
    find: "call.race(generated(target))",
    replace: "call.race((call as any).only ??= generated(target))",
    rules: ["one holder", "a quorum stores it", "no acquire after its undo"],
  },
  {
    title: "no undo of late grants",
    file: "claim.ts",
    find: "    this.release(call, unsure);\n",
    replace: "",
    rules: ["nothing left behind", "everything undone"],
  },
  {
    title: "no second undo where a grant is heard after the first",
    file: "claim.ts",
    find: 'if (isUnseen && answer === "granted" && !this.isWanted())',
    replace: "if (false)",
    rules: ["nothing left behind"],
  },
  {
    title: "an undo that waits for an answer beyond the deadline",
    file: "round.ts",
    find: "this.#reachDeadline?.();",
    replace: "",
    rules: ["everything undone"],
  },
  {
    title: "no undo of a failed attempt",
    file: "acquire.ts",
    find: "const undone = claim.undo(round, call);",
    replace: "const undone = Promise.resolve();",
    rules: ["nothing left behind", "everything undone"],
  },
  {
    title: "the script's text sent though the attempt was given up",
    file: "round.ts",
    find: "if (isUnknown && isWanted)",
    replace: "if (isUnknown)",
    rules: ["no acquire after its undo"],
  },
  {
    title: "nothing taken off for drift",
    file: "options.ts",
    find: "expiry - (expiry * driftFactor + CLOCK_PRECISION_MS)",
    replace: "expiry",
    rules: ["a quorum stores it"],
  },
  {
    title: "half of an even number of nodes for a quorum",
    file: "quorum.ts",
    find: "Math.floor(nodes / 2) + 1",
    replace: "Math.ceil(nodes / 2)",
    rules: ["one holder", "a quorum stores it"],
  },
  {
    title: "only the monotonic clock, which stands still in sleep",
    file: "clock.ts",
    find: "Math.max(end.monotonic - this.monotonic, end.wall - this.wall)",
    replace: "end.monotonic - this.monotonic",
    rules: ["a quorum stores it"],
  },
  {
    title: "only the wall clock, which can be set back",
    file: "clock.ts",
    find: "Math.max(end.monotonic - this.monotonic, end.wall - this.wall)",
    replace: "end.wall - this.wall",
    rules: ["a quorum stores it", "one holder", "no longer than it may"],
  },
  {
    title: "validity counted from the replies",
    file: "tenure.ts",
    find: "this.#validFrom = started;",
    replace: "this.#validFrom = new (started.constructor as any)(this.#target.clock);",
    rules: ["a quorum stores it"],
  },
  {
    title: "an undo beside an extension in flight",
    file: "lock.ts",
    find: "      if (this.#extending.length > 0) return true;\n      this.expire();",
    replace: "",
    kind: "extensions",
    rules: ["a quorum stores it"],
  },
  {
    title: "an undo beside an heir",
    file: "lock.ts",
    find: "if (this.#isHandedOver || this",
    replace: "if (this",
    kind: "heirs",
    rules: ["a quorum stores it"],
  },
  {
    title: "an undo of what may be taken again",
    file: "lock.ts",
    find: "|| this.#target.setNXOnExtend ||",
    replace: "||",
    rules: ["a quorum stores it"],
  },
  {
    title: "a listener left on the caller's signal",
    file: "call.ts",
    find: 'this.#signal?.removeEventListener("abort", this.#interrupt);',
    replace: "",
    rules: ["no listener left"],
  },
  {
    title: "a timer left of the caller's timeout",
    file: "call.ts",
    find: "    this.#nodes.clock.clearTimer(this.#timer);\n",
    replace: "",
    rules: ["no timer left"],
  },
  {
    title: "a timer left of a round",
    file: "round.ts",
    find: "    clock.clearTimer(this.#timer);\n",
    replace: "",
    rules: ["no timer left"],
  },
  {
    title: "an abort or a timeout that wakes nobody",
    file: "call.ts",
    find: "(): void => this.#wake?.()",
    replace: "(): void => {}",
    rules: ["no longer than it may"],
  },
  {
    title: "a round that goes on beyond its deadline",
    file: "round.ts",
    find: "    this.#isOverdue = true;\n    this.close();",
    replace: "    this.#isOverdue = true;",
    rules: ["no longer than it may", "every call settles"],
  },
];
