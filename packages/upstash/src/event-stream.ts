import { failure, post, read, type UpstashDatabase } from "./rest.ts";

/** What comes over a response that does not end (server-sent events), in pieces of any length. */
type EventStream = ReadableStreamDefaultReader<string>;

/** Asks a database for what is published on a channel; rejects if it does not give it. */
export async function openStream(
  database: UpstashDatabase,
  channel: string,
  signal: AbortSignal | null,
): Promise<EventStream> {
  const path = `/subscribe/${encodeURIComponent(channel)}`;
  const response = await post(database, path, { headers: { accept: "text/event-stream" }, signal });
  const { body, status } = response;
  if (status !== 200 || !body) throw failure(response, (await read(response)).error, [database.token]);
  return body.pipeThrough(new TextDecoderStream()).getReader();
}

/** Reads for as long as there is something; rejects when there is no more. */
export async function readLines(stream: EventStream, onLine: (line: string) => void): Promise<never> {
  for (let text = ""; ; ) {
    const { done, value } = await stream.read();
    if (done) throw new Error("the response has ended");
    const lines = (text + value).split(/\r?\n/);
    text = lines.pop() ?? "";
    lines.forEach(onLine);
  }
}
