import type { RedisNode } from "@redsync/core";
import { openStream, readEvents } from "./event-stream.ts";
import { accepted, lost, type UpstashDatabase } from "./rest.ts";

/** Before a request is made again: at first, and at most. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** How long the first request may take to be confirmed. Until then core has nothing to leave it by; it asks again after as long. */
const FIRST_MS = 10_000;

/**
 * What listens to channels, each over a response that does not end. If it ends all the same, the request is made again until it is left,
 * because core asks seldom for what it will be told. What was published meanwhile is lost: for a lock it is a hint, and it has timed
 * retries beside it.
 */
export function listenerTo(database: UpstashDatabase): NonNullable<RedisNode["subscribe"]> {
  return async (channel, onMessage) => {
    const prefix = `message,${channel},`;
    let isLeft = false;
    /** Ends what goes on: a request, the reading of its response, or the pause before the next one. */
    let end: () => unknown;

    const hear = async (onConfirmed: () => void) => {
      const request = new AbortController();
      end = () => request.abort();
      const stream = await openStream(database, channel, accepted(database.url, request.signal));
      // Not by the signal, which Deno forgets at times once the response has begun.
      end = () => stream.cancel().catch(() => {});
      if (isLeft) return end();
      await readEvents(stream, (data) => {
        if (data.startsWith("subscribe,")) onConfirmed();
        if (!data.startsWith(prefix)) return;
        // What a listener throws is the runtime's to report, and must not end the listening.
        queueMicrotask(() => isLeft || onMessage(data.slice(prefix.length)));
      }).catch(lost);
    };

    const leave = async () => {
      isLeft = true;
      await end();
    };

    let limit: number | undefined;
    await new Promise<void>((resolve, reject) => {
      let pause = PAUSE_MS;
      let isConfirmed = false;
      limit = schedule(() => {
        reject(new Error("not confirmed within 10 s"));
        void leave();
      }, FIRST_MS);
      const onConfirmed = () => {
        isConfirmed = true;
        resolve();
      };
      const listen = async () => {
        const asked = performance.now();
        await hear(onConfirmed).catch(reject);
        // The first one is core's to try again.
        if (isLeft || !isConfirmed) return;
        // Each request may cost money, also one that is confirmed and ends at once.
        if (performance.now() - asked > LONGEST_PAUSE_MS) pause = PAUSE_MS;
        const timer = schedule(listen, pause);
        end = () => clearTimeout(timer);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      };
      void listen();
    }).finally(() => clearTimeout(limit));
    return leave;
  };
}

/** Sets a timer that does not keep a process alive. */
function schedule(run: () => unknown, ms: number): number {
  const timer: { unref?: () => void } | number = setTimeout(run, ms);
  (timer as { unref?: () => void }).unref?.();
  return timer as number;
}
