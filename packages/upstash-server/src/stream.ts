import type { ServerResponse } from "node:http";
import type { RespReply } from "@redsync/conformance/resp";
import { type Address, Connection } from "./connection.ts";

/** Subscribes to a channel and writes what comes as server-sent events, until either side ends it. */
export function stream(address: Address, channel: string, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const onReply = (reply: RespReply) => {
    if (!Array.isArray(reply)) return;
    // A message with line feeds is as many lines of data.
    const data = reply.map(String).join(",").replaceAll("\n", "\ndata: ");
    response.write(`data: ${data}\n\n`);
  };
  const connection = new Connection(address, onReply, () => response.destroy());
  response.on("close", () => connection.close());
  connection.write([["SUBSCRIBE", channel]]);
}
