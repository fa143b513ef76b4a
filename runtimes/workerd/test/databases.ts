import { type RedisServer, startServers } from "@redsync/conformance/servers";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";

/** Independent servers, each behind Upstash's protocol. */
export interface Databases {
  readonly servers: readonly RedisServer[];
  readonly rests: readonly UpstashServer[];
  stop(): Promise<void>;
}

export async function startDatabases(count: number): Promise<Databases> {
  const servers = await startServers(count);
  const rests = await Promise.all(servers.map((redis) => startUpstash({ redis })));
  return {
    servers,
    rests,
    async stop() {
      await Promise.all(rests.map((rest) => rest.stop()));
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
