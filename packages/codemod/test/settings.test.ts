import { expect, it } from "vitest";
import { rewritten } from "./rewritten.ts";

const DELAY = "retryDelay: () => 100 + Math.random() * 200";

it.each([
  ["", `, { tries: 11, ${DELAY} }`],
  [", {}", `, { tries: 11, ${DELAY} }`],
  [", { retryCount: 0 }", `, { tries: 1, ${DELAY} }`],
  [", { retryCount: -1 }", `, { tries: Infinity, ${DELAY} }`],
  [", { retryCount: 1_000 }", `, { tries: 1001, ${DELAY} }`],
  [", { retryDelay: 50 }", ", { retryDelay: () => Math.max(0, -50 + Math.random() * 200), tries: 11 }"],
  [", { retryDelay: 200, retryJitter: 200 }", ", { retryDelay: () => Math.random() * 400, tries: 11 }"],
  [", { retryDelay: 200, retryJitter: 0 }", ", { retryDelay: 200, tries: 11 }"],
  [", { retryJitter: 20 }", ", { retryDelay: () => 180 + Math.random() * 40, tries: 11 }"],
  [
    `, { "retryDelay": 20, 'retryCount': 3 }`,
    ", { retryDelay: () => Math.max(0, -80 + Math.random() * 200), tries: 4 }",
  ],
  [
    `, { "retryDelay": 200, "retryJitter": 0, "driftFactor": 0.02 }`,
    `, { retryDelay: 200, "driftFactor": 0.02, tries: 11 }`,
  ],
  [", { retryDelay: 2 * 100, retryJitter: 1e2 }", `, { ${DELAY}, tries: 11 }`],
  [
    ", { driftFactor: 0.02, automaticExtensionThreshold: 500 }",
    `, { driftFactor: 0.02, tries: 11, ${DELAY} }`,
  ],
])("the settings%s of a Redlock become%s", (settings, options) => {
  expect(rewritten(`const redlock = new Redlock([client]${settings});\n`)).toBe(
    `const redlock = new Redsync([ioredisNode(client)]${options});\n`,
  );
});

it("keeps the comments of the settings that stay, and the comma at the end", () => {
  const program = `const redlock = new Redlock([client], {
  // At most.
  retryCount: 3, // times
  // Goes away.
  automaticExtensionThreshold: 500, // with this
  // Stays.
  driftFactor: 0.01,
});
`;
  expect(rewritten(program)).toBe(`const redlock = new Redsync([ioredisNode(client)], {
  // At most.
  tries: 4, // times
  // Stays.
  driftFactor: 0.01,
  ${DELAY},
});
`);
});

it("translates settings that are a constant of the same file", () => {
  const program = `const settings = { retryCount: 2 };\nconst redlock = new Redlock([client], settings);\n`;
  expect(rewritten(program)).toBe(
    `const settings = { tries: 3, ${DELAY} };\nconst redlock = new Redsync([ioredisNode(client)], settings);\n`,
  );
});

it("translates the settings of a call that are a constant, without what redlock did by default", () => {
  const program = `declare const redlock: Redlock;\nconst once = { retryCount: 0 };\nredlock.acquire(["a"], 1000, once);\n`;
  expect(rewritten(program)).toBe(
    `declare const redlock: Redsync;\nconst once = { tries: 1 };\nredlock.mutex("a", { expiry: 1000, ...once }).lock();\n`,
  );
});

it("translates the settings of a call with their comments", () => {
  const program = `declare const redlock: Redlock;\nredlock.acquire(["a"], 1000, {\n  // Not again.\n  retryCount: 0,\n});\n`;
  expect(rewritten(program)).toBe(
    `declare const redlock: Redsync;\nredlock.mutex("a", { expiry: 1000, ...{\n  // Not again.\n  tries: 1,\n} }).lock();\n`,
  );
});

it.each([
  ["new Redlock(clients)", "new Redsync(Array.from(clients, (client) => ioredisNode(client))"],
  ["new Redlock([...clients])", "new Redsync([...Array.from(clients, (client) => ioredisNode(client))]"],
  ["new Redlock([client as any])", "new Redsync([ioredisNode(client as any)]"],
  [
    "new Redlock([new Redis(a), new Redis(b)])",
    "new Redsync([ioredisNode(new Redis(a)), ioredisNode(new Redis(b))]",
  ],
])("%s has its clients wrapped", (before, after) => {
  expect(rewritten(`const redlock = ${before};\n`)).toContain(after);
});

it.each([
  ["{ retryCount: config.retries }", "tries: config.retries + 1", "make it Infinity"],
  ["{ retryCount }", "tries: retryCount + 1", "make it Infinity"],
  ["{ retryCount: a ?? 3 }", "tries: (a ?? 3) + 1", "make it Infinity"],
  [
    "{ retryDelay: config.delay }",
    "retryDelay: () => Math.max(0, config.delay + (Math.random() * 2 - 1) * 100)",
    "if config.delay may be no number, give it one: redlock took 200 then",
  ],
  ["{ retryDelay, retryJitter: 0 }", "{ retryDelay: retryDelay,", "if retryDelay may be no number"],
  [
    "{ retryDelay: 200, retryJitter: jitter }",
    "200 + (Math.random() * 2 - 1) * jitter",
    "redlock took 100 then",
  ],
  [`{ retryDelay: await config.get("d") }`, `{ retryDelay: await config.get("d"),`, "compute it first"],
  [
    `{ retryDelay: Number(a), retryJitter: 5 }`,
    `{ retryDelay: Number(a), retryJitter: 5,`,
    "compute it first",
  ],
  ["{ ...base }", "...base", "translate what is spread here"],
  ["{ db: 2 }", "db: 2", "a client of this database"],
  ["config.redlock", "config.redlock", "must be options of redsync"],
])("marks the settings %s", (settings, option, message) => {
  const program = rewritten(`const redlock = new Redlock([client], ${settings});\n`);
  expect(program).toContain(option);
  expect(program).toMatch(/^\/\/ TODO\(redsync\): /);
  expect(program).toContain(message);
});

it.each([
  [
    `const redis = require("redis");\nconst client = redis.createClient(url, { prefix: "shop:" });\n`,
    "prefix",
  ],
  [
    `import { createClient } from "redis";\nconst client = createClient({ url, "keyPrefix": "shop:" });\n`,
    "keyPrefix",
  ],
])("marks a prefix of node-redis, which names do not get: %s", (made, name) => {
  const after = rewritten(`${made}const redlock = new Redlock([client]);\n`);
  expect(after).toMatch(
    new RegExp(
      `// TODO\\(redsync\\): nodeRedisNode\\(\\) sends the names of locks without this ${name}: .*\\nconst client =`,
    ),
  );
});

it("leaves the prefix of ioredis, which names get", () => {
  const made = `import { Redis } from "ioredis";\nconst client = new Redis({ keyPrefix: "shop:" });\n`;
  expect(rewritten(`${made}const redlock = new Redlock([client]);\n`)).not.toContain("TODO");
});

it("reads a delay that is a constant for each retry, and marks nothing", () => {
  const program = `const DELAY = 2 * 150;\nconst redlock = new Redlock([client], { retryDelay: DELAY });\n`;
  expect(rewritten(program)).toBe(
    `const DELAY = 2 * 150;\nconst redlock = new Redsync([ioredisNode(client)], { retryDelay: () => Math.max(0, DELAY + (Math.random() * 2 - 1) * 100), tries: 11 });\n`,
  );
});

it.each([
  ["{ retryCount: 0 }", ""],
  [`{ "retryCount": 0 }`, ""],
  ["once", "const once = { retryCount: 0 };\n"],
])(
  "marks a retryCount of 0 by %s, for which lockWithOptions() of redlock 4 took its own",
  (options, declared) => {
    const call = `redlock.lockWithOptions("a", 1000, ${options});\n`;
    expect(rewritten(`declare const redlock: Redlock;\n${declared}${call}`)).toContain(
      "TODO(redsync): redlock 4 took a retryCount of 0",
    );
  },
);

it.each([
  ["50", "at least 100 ms"],
  ["10 * 5", "at least 100 ms"],
  ["3_000_000_000", "at most 2147483647 ms"],
  ["30 * 24 * 3600 * 1000", "at most 2147483647 ms"],
  ["MONTH", "at most 2147483647 ms"],
  ["(1 / 3) * 1000", "an integer"],
])("marks the expiry %s, which redsync refuses", (duration, message) => {
  const program = `declare const redlock: Redlock;\nconst MONTH = 30 * 24 * 3600e3;\nredlock.acquire(["a"], ${duration});\n`;
  expect(rewritten(program)).toMatch(new RegExp(`\n// TODO\\(redsync\\): an expiry must be ${message}`));
});

it.each(["100", "2 ** 31 - 1", "24 * 3600 * 1000", "ms", "1000 * minutes"])(
  "leaves the expiry %s",
  (duration) => {
    expect(
      rewritten(`declare const redlock: Redlock;\nredlock.acquire(["a"], ${duration});\n`),
    ).not.toContain("TODO");
  },
);
