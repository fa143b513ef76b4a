import type { Access } from "./access.ts";
import { during, failure, post } from "./rest.ts";

/**
 * Listens to a channel over a response that does not end (server-sent events). When the connection breaks, messages end: for
 * a lock they are hints, and it has timed retries beside them.
 */
export function subscribe(
  access: Access,
  channel: string,
  onMessage: (message: string) => void,
): Promise<() => Promise<void>> {
  let isLeft = false;
  const path = `/subscribe/${encodeURIComponent(channel)}`;
  const prefix = `data: message,${channel},`;

  return during(undefined, post(access, path, { accept: "text/event-stream" }), async (response) => {
    const { body, status } = response;
    if (status !== 200 || !body) return failure(response, await response.text(), [access.token]);
    return new Promise<() => Promise<void>>((resolve, reject) => {
      const hear = (line: string) => {
        if (line.startsWith("data: subscribe,")) resolve(leave);
        if (!line.startsWith(prefix)) return;
        // What a listener throws is the runtime's to report, and must not end the listening.
        queueMicrotask(() => isLeft || onMessage(line.slice(prefix.length)));
      };
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      // Once it is confirmed, the rejection goes nowhere.
      readLines(reader, hear).catch(reject);
      // Not by a signal, which Deno forgets at times once the response has begun.
      const leave = () => {
        isLeft = true;
        return reader.cancel().catch(() => {});
      };
    });
  });
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
