/** How each test runner is told to leave a JUnit report beside what it prints. */
export const reporting: Readonly<
  Record<"vitest" | "bun" | "deno" | "node", (file: string) => readonly string[]>
> = {
  vitest: (file) => ["--reporter=default", "--reporter=junit", `--outputFile=${file}`],
  bun: (file) => ["--reporter=junit", `--reporter-outfile=${file}`],
  deno: (file) => [`--junit-path=${file}`],
  node: (file) => [`--reporter-outfile=${file}`],
};

/** A suite: a workspace package and what its `test` script runs. */
export interface Suite {
  readonly package: string;
  /** What `pnpm test:<group>` calls it by. */
  readonly group: "node" | "bun" | "deno" | "workerd" | "consumers" | "interop";
  /** Default: vitest, on Node. */
  readonly runner?: keyof typeof reporting;
  /** Whether some of its tests drive a Chromium. */
  readonly usesBrowser?: boolean;
  /** Whether it checks a model. */
  readonly usesSpin?: boolean;
}

/** All suites, the two longest first: they run beside the others, and would keep everybody waiting at the end. */
export const suites: readonly Suite[] = [
  { package: "@redsync/runtime-node", group: "node" },
  { package: "@redsync/runtime-workerd", group: "workerd" },
  { package: "@redsync/model", group: "node", usesSpin: true },
  { package: "@redsync/memory", group: "node" },
  { package: "@redsync/ioredis", group: "node" },
  { package: "@redsync/node-redis", group: "node" },
  { package: "@redsync/valkey-glide", group: "node" },
  { package: "@redsync/upstash", group: "node" },
  { package: "@redsync/upstash-server", group: "node" },
  { package: "@redsync/conformance", group: "node" },
  { package: "@redsync/core", group: "node" },
  { package: "@redsync/simulation", group: "node" },
  { package: "@redsync/bench", group: "node" },
  { package: "@redsync/runtime-node-20", group: "node", runner: "node" },
  { package: "@redsync/runtime-node-22", group: "node", runner: "node" },
  { package: "@redsync/runtime-node-26", group: "node", runner: "node" },
  { package: "@redsync/app-node", group: "node" },
  { package: "@redsync/app-scheduler", group: "node" },
  { package: "@redsync/app-cache", group: "node" },
  { package: "@redsync/bun", group: "bun", runner: "bun" },
  { package: "@redsync/app-bun", group: "bun" },
  { package: "@redsync/runtime-bun", group: "bun", runner: "bun" },
  { package: "@redsync/app-deno", group: "deno" },
  { package: "@redsync/runtime-deno", group: "deno", runner: "deno" },
  { package: "@redsync/app-worker", group: "workerd", usesBrowser: true },
  { package: "@redsync/consumers", group: "consumers" },
  { package: "@redsync/interop", group: "interop" },
];
