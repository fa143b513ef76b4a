/** A suite: a workspace package whose tests run in one vitest. */
export interface Suite {
  readonly package: string;
  /** What `pnpm test:<group>` calls it by. */
  readonly group: "node";
}

/** All suites, the quick ones first. */
export const suites: readonly Suite[] = [
  { package: "@redsync/memory", group: "node" },
  { package: "@redsync/ioredis", group: "node" },
  { package: "@redsync/node-redis", group: "node" },
  { package: "@redsync/valkey-glide", group: "node" },
  { package: "@redsync/conformance", group: "node" },
  { package: "@redsync/core", group: "node" },
  { package: "@redsync/runtime-node", group: "node" },
  { package: "@redsync/app-node", group: "node" },
];
