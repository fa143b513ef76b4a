import type { RedisNode } from "@redsync/core";
import { openStream, readLines } from "./event-stream.ts";
import { accepted, lost, type UpstashDatabase } from "./rest.ts";

/** Before a request is made again: at first, and at most. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * What listens to channels, each over a response that does not end. If it ends all the same, the request is made again until it is left,
 * because core asks seldom for what it will be told. What was published meanwhile is lost: for a lock it is a hint, and it has timed
 * retries beside it.
 */
export function listenerTo(database: UpstashDatabase): NonNullable<RedisNode["subscribe"]> {
  return async (channel, onMessage) => {
    const prefix = `data: message,${channel},`;
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
      await readLines(stream, (line) => {
        if (line.startsWith("data: subscribe,")) onConfirmed();
        if (!line.startsWith(prefix)) return;
        // What a listener throws is the runtime's to report, and must not end the listening.
        queueMicrotask(() => isLeft || onMessage(line.slice(prefix.length)));
      }).catch(lost);
    };

    await new Promise<void>((resolve, reject) => {
      let pause = PAUSE_MS;
      let isConfirmed = false;
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
        const timer: { unref?: () => void } | number = setTimeout(listen, pause);
        (timer as { unref?: () => void }).unref?.();
        end = () => clearTimeout(timer as number);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      };
      void listen();
    });
    return async () => {
      isLeft = true;
      await end();
    };
  };
}
