import type { RedisNode } from "@redsync/core";
import { failure, lost, post, read, type UpstashDatabase } from "./rest.ts";

/**
 * What listens to channels, each over a response that does not end (server-sent events). When the connection breaks, messages
 * end: for a lock they are hints, and it has timed retries beside them.
 */
export function listenerTo(database: UpstashDatabase): NonNullable<RedisNode["subscribe"]> {
  return async (channel, onMessage) => {
    const path = `/subscribe/${encodeURIComponent(channel)}`;
    const response = await post(database, path, { headers: { accept: "text/event-stream" } });
    const { body, status } = response;
    if (status !== 200 || !body) throw failure(response, (await read(response)).error, [database.token]);

    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const prefix = `data: message,${channel},`;
    let isLeft = false;
    await new Promise<void>((resolve, reject) => {
      const hear = (line: string) => {
        if (line.startsWith("data: subscribe,")) resolve();
        if (!line.startsWith(prefix)) return;
        // What a listener throws is the runtime's to report, and must not end the listening.
        queueMicrotask(() => isLeft || onMessage(line.slice(prefix.length)));
      };
      // Once it is confirmed, the rejection goes nowhere.
      readLines(reader, hear).catch(lost).catch(reject);
    });
    return () => {
      isLeft = true;
      // Not by a signal, which Deno forgets at times once the response has begun.
      return reader.cancel().catch(() => {});
    };
  };
}

async function readLines(
  reader: ReadableStreamDefaultReader<string>,
  hear: (line: string) => void,
): Promise<never> {
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the response has ended");
    const lines = (text + value).split(/\r?\n/);
    text = lines.pop() ?? "";
    lines.forEach(hear);
  }
}
