import { connect } from "node:net";
import type { Reply } from "@redsync/core";
import { encode, parse, RedisError, type RespReply, Status } from "../resp.ts";

/** A reply as nodes give it; an error inside of an array counts for the whole of it. */
function plain(reply: RespReply): Reply | RedisError {
  if (reply instanceof Status) return reply.text;
  if (Buffer.isBuffer(reply)) return reply.toString("utf8");
  if (!Array.isArray(reply)) return reply as number | null | RedisError;
  const items = reply.map(plain);
  return items.find((item) => item instanceof RedisError) ?? (items as readonly Reply[]);
}

/**
 * Sends one command to a server on this machine, over a connection of its own, and resolves to the reply.
 *
 * Rejects with the server's message, or when the connection ends first. It has no timeout: a frozen server leaves it
 * pending until the server is thawed or killed.
 */
export function command(port: number, ...args: string[]): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(encode(args)));
    let received: Buffer = Buffer.alloc(0);
    const settle = (value: Reply | Error) => {
      socket.destroy();
      if (value instanceof Error) reject(value);
      else resolve(value);
    };
    socket.on("error", settle);
    socket.on("close", () => settle(new Error(`127.0.0.1:${port} closed the connection before it replied`)));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      try {
        const parsed = parse(received, 0);
        if (parsed) settle(plain(parsed.reply));
      } catch (error) {
        settle(error as Error);
      }
    });
  });
}
