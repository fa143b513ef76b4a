import { type WaiterId, waiter } from "../waiters.ts";

/** What a waiter is called where there is little room. */
export function nameOf(id: WaiterId): string {
  if (id === "redsync-polls") return "redsync, fair: false";
  const { contestant, retryMs } = waiter(id);
  const pauses = id === "redis-semaphore" ? 10 : retryMs;
  return pauses === undefined ? contestant : `${contestant}, ${pauses} ms`;
}
