import type { Harness } from "@redsync/conformance";
import type { RedisNode } from "@redsync/core";

/** Where a database is, and the right to use it. */
export interface Database {
  readonly url: string;
  readonly token: string;
}

/** What the cases cannot have of a database over HTTP. */
export const lacks: NonNullable<Harness["lacks"]> = {
  blocking: "Upstash has no command that blocks",
  connections: "fetch decides how many connections it has",
};

/** The databases that `with-upstash` serves. */
export function givenDatabases(): readonly Database[] {
  const databases = process.env.UPSTASH_DATABASES;
  if (!databases) throw new Error("UPSTASH_DATABASES is not set: run this by with-upstash");
  return JSON.parse(databases);
}

/** An adapter over the given databases; `first` as for `overGivenServers`. */
export function overGivenDatabases(
  name: string,
  nodeOf: (database: Database) => RedisNode,
  first = 0,
): Harness {
  return {
    name,
    lacks,
    openNodes: async (count) => ({
      nodes: givenDatabases()
        .slice(first, first + count)
        .map(nodeOf),
      close: async () => {},
    }),
  };
}
