import { startUpstash } from "@redsync/upstash-server";
import { Lock } from "@upstash/lock";
import { Redis } from "@upstash/redis";
import { EXPIRY, EXTENDED, type Held, type Peer } from "./peer.ts";

export const upstashLock: Peer = {
  title: "`@upstash/lock`",
  page: "upstash-lock.md",
  dependency: "@upstash/lock",
  nodes: [1],
  several: false,
  prefix: "",
  value: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  async open([port = 0]) {
    const rest = await startUpstash({ redis: { port } });
    const redis = new Redis({ url: rest.url, token: rest.token });
    const tryLock = async (id = ""): Promise<Held | null> => {
      const lock = new Lock({ id, redis, lease: EXPIRY, retry: { attempts: 1, delay: 0 } });
      if (!(await lock.acquire())) return null;
      // It adds to what is left.
      return { extend: () => lock.extend(EXTENDED - EXPIRY), release: () => lock.release() };
    };
    return { tryLock, close: () => rest.stop() };
  },
};
