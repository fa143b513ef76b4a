import { Redsync } from "@redsync/core";
import { upstashNodeFromEnv } from "@redsync/upstash";
import type { Shop } from "./pay";

/** The shop where there is HTTP alone. Not at module level: `next build` loads that, without the database's address. */
export function edgeShop(): Shop {
  const node = upstashNodeFromEnv(process.env);
  // Three seconds for the way to the database and back: it may be far away.
  return { node, redsync: new Redsync(node, { expiry: 10_000, timeoutFactor: 0.3 }) };
}
