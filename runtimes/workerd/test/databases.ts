import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { startUpstash } from "@redsync/upstash-server";
import type { Env } from "../src/workers.ts";

/** Independent servers, each behind Upstash's protocol. */
export interface Databases {
  readonly servers: readonly RedisServer[];
  /** Where a worker finds them. */
  readonly env: Env;
  stop(): Promise<void>;
}

export async function startDatabases(count: number): Promise<Databases> {
  const servers = await startServers(count);
  const rests = await Promise.all(servers.map((redis) => startUpstash({ redis })));
  return {
    servers,
    env: {
      DATABASES: rests.map(({ url, token }) => ({ url, token })),
      REDIS_PORTS: servers.map(({ port }) => port).join(),
    },
    async stop() {
      await Promise.all(rests.map((rest) => rest.stop()));
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
