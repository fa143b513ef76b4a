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

/**
 * An event, and how each of its lines ends, as the empty line after it shows. A lone carriage return ends none, though it may in the
 * specification: servers write it as it is, and a message may have it.
 */
const EVENT = /(.*?)(\r?\n)\2/gsy;

/** Reads events for as long as there are any, and hands over the data of each; rejects when there is no more. */
export async function readEvents(stream: EventStream, onData: (data: string) => void): Promise<never> {
  for (let text = ""; ; ) {
    const { done, value } = await stream.read();
    if (done) throw new Error("the response has ended");
    text = (text + value).replace(EVENT, (_, event: string, lineEnd: string) => {
      onData(dataOf(event.split(lineEnd)));
      return "";
    });
  }
}

/** A message with line feeds is as many lines of data. */
function dataOf(lines: string[]): string {
  return lines.flatMap((line) => /^data: ?(.*)/s.exec(line)?.[1] ?? []).join("\n");
}
