/** Why clients are not played on runtimes; a name that begins so is meant. */
export interface Absence {
  readonly clients: readonly string[];
  readonly runtimes: readonly string[];
  readonly reason: string;
}

/** Why a client is not played on a runtime: what the matrix says instead of a gap. */
export const absences: readonly Absence[] = [
  {
    clients: ["Bun's RedisClient"],
    runtimes: ["Node", "Deno", "workerd"],
    reason: "the client is built into Bun",
  },
  {
    clients: ["Valkey GLIDE"],
    runtimes: ["Bun", "Deno"],
    reason: "the client is an addon for Node; Bun and Deno load it, but nothing is claimed there",
  },
  {
    clients: ["Valkey GLIDE"],
    runtimes: ["workerd"],
    reason: "Workers load no addons",
  },
  {
    clients: ["ioredis", "node-redis"],
    runtimes: ["workerd with no nodejs_compat"],
    reason: "the client speaks through Node's sockets, which Workers have with nodejs_compat",
  },
  {
    clients: ["ioredis 5", "node-redis 5", "iovalkey"],
    runtimes: ["Bun", "Deno", "workerd"],
    reason: "there the client's newest major version stands for the older ones and their kin",
  },
];
