import { expect, it } from "vitest";
import { rewriteProject } from "../src/redlock/rewrite-project.ts";
import { rewritten } from "./rewritten.ts";

const MADE = "declare const redlock: Redlock;\n";
const lines = (program: string) => rewritten(MADE + program).replace(/^declare .*\n/, "");

it.each([
  [
    "a parameter, of a lock that an earlier call has acquired",
    `let held;\nasync function hold(ms) { if (!held) held = await redlock.acquire(["a"], ms); else held = await held.extend(ms); }\n`,
  ],
  [
    "a parameter, by a name of one's own for such a lock",
    `let held;\nasync function hold(ms) { held ??= await redlock.acquire(["a"], ms); let own = held; own = await own.extend(ms); }\n`,
  ],
  [
    "a parameter, of a lock in an object of all calls",
    `let kept;\nasync function hold(ms) { kept ??= { lock: await redlock.acquire(["a"], ms) }; await kept.lock.extend(ms); }\n`,
  ],
  [
    "a parameter, of a lock in a field",
    `class Job { async hold(ms) { this.held ??= await redlock.acquire(["a"], ms); await this.held.extend(ms); } }\n`,
  ],
  [
    "a constant that each call computes",
    `let held;\nasync function hold() { const ms = pick(); held ??= await redlock.acquire(["a"], ms); await held.extend(ms); }\n`,
  ],
  [
    "the variable of a loop",
    `let held;\nfor (const ms of all) { held ??= await redlock.acquire(["a"], ms); await held.extend(ms); }\n`,
  ],
  [
    "a field, of a lock of all instances",
    `let held;\nclass Job { constructor(readonly ms) {} async hold() { held ??= await redlock.acquire(["a"], this.ms); await held.extend(this.ms); } }\n`,
  ],
  [
    "what a getter gives",
    `class Job { get ms() { return pick(); } async hold() { const held = await redlock.acquire(["a"], this.ms); await held.extend(this.ms); } }\n`,
  ],
  [
    "a property that is assigned to",
    `const held = await redlock.acquire(["a"], opts.ms);\nopts.ms = 60000;\nawait held.extend(opts.ms);\n`,
  ],
  [
    "a property that is assigned to by a key",
    `const held = await redlock.acquire(["a"], opts.ms);\nopts[key] = 60000;\nawait held.extend(opts.ms);\n`,
  ],
  [
    "what is counted up",
    `let ms = 1000;\nconst held = await redlock.acquire(["a"], ms);\nms++;\nawait held.extend(ms);\n`,
  ],
  [
    "what a pattern assigns to",
    `let ms = 1000;\nconst held = await redlock.acquire(["a"], ms);\n[ms] = next;\nawait held.extend(ms);\n`,
  ],
])("marks an extension by %s", (_, program) => {
  const after = lines(program);
  expect(after).toContain("TODO(redsync): extend() takes no duration");
  expect(after).toMatch(/\.extend\((this\.|opts\.)?ms\)/);
});

it.each([
  [
    "a parameter of the same call",
    `async function hold(ms) { const held = await redlock.acquire(["a"], ms); await held.extend(ms); }\n`,
  ],
  [
    "a parameter of the same call, in a callback",
    `const hold = (ms) => redlock.acquire(["a"], ms).then((held) => held.extend(ms).then(() => go()));\n`,
  ],
  [
    "the same turn of a loop",
    `for (const ms of all) { const held = await redlock.acquire(["a"], ms); await held.extend(ms); }\n`,
  ],
  [
    "a field of the same class",
    `class Job { constructor(ms) { this.ms = ms; } async hold() { this.held = await redlock.acquire(["a"], this.ms); await this.held.extend(this.ms); } }\n`,
  ],
  [
    "a constant that is a number, wherever it is",
    `let held;\nasync function hold() { const ms = 60 * 1000; held ??= await redlock.acquire(["a"], ms); await held.extend(ms); }\n`,
  ],
])("drops a duration that is %s", (_, program) => {
  const after = lines(program);
  expect(after).not.toContain("TODO");
  expect(after).toContain(".extend()");
});

it("tells fields of two classes from each other, though they are called the same", () => {
  const { changed } = rewriteProject(
    new Map([
      [
        "locker.ts",
        `import Redlock from "redlock";\nexport class Locker {\n  private ms = 5_000;\n  constructor(private redlock: Redlock) {}\n  take(name: string) { return this.redlock.acquire([name], this.ms); }\n}\n`,
      ],
      [
        "job.ts",
        `import { Locker } from "./locker";\nexport class Job {\n  private ms = 600_000;\n  constructor(private locker: Locker) {}\n  async run() {\n    let lock = await this.locker.take("a");\n    lock = await lock.extend(this.ms);\n  }\n}\n`,
      ],
    ]),
  );
  expect(changed.get("job.ts")).toMatch(
    /TODO\(redsync\): extend\(\) takes no duration.*\n +lock = await lock\.extend\(this\.ms\);/,
  );
});

it("marks an extension by a property that another file assigns to", () => {
  const { changed } = rewriteProject(
    new Map([
      [
        "job.ts",
        `import Redlock from "redlock";\nexport class Job {\n  ms = 5_000;\n  constructor(private redlock: Redlock) {}\n  async run() {\n    const held = await this.redlock.acquire(["a"], this.ms);\n    await held.extend(this.ms);\n  }\n}\n`,
      ],
      ["main.ts", `import { Job } from "./job";\nexport const job = new Job(redlock);\njob.ms = 60_000;\n`],
    ]),
  );
  expect(changed.get("job.ts")).toMatch(
    /TODO\(redsync\): extend\(\) takes no duration.*\n +await held\.extend\(this\.ms\);/,
  );
});
