import { connect } from "node:net";
import type { Reply } from "@redsync/core";

/** A parsed value and the offset behind it; a server's error is kept as a value so that the offsets stay right. */
interface Parsed {
  readonly value: Reply | Error;
  readonly end: number;
}

function encode(args: readonly string[]): string {
  const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  return `*${args.length}\r\n${args.map(bulk).join("")}`;
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const end = start + length + 2;
  return end > bytes.length ? undefined : { value: bytes.toString("utf8", start, start + length), end };
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const items: Reply[] = [];
  let failure: Error | undefined;
  let end = start;
  for (let index = 0; index < length; index++) {
    const item = parse(bytes, end);
    if (!item) return undefined;
    if (item.value instanceof Error) failure ??= item.value;
    else items.push(item.value);
    end = item.end;
  }
  return { value: failure ?? items, end };
}

/** Parses one RESP2 reply, or answers undefined while its bytes have not all arrived. */
function parse(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  const type = String.fromCharCode(bytes[start] ?? 0);
  if (type === "+") return { value: line, end };
  if (type === "-") return { value: new Error(line), end };
  if (type === ":") return { value: Number(line), end };
  if (type === "$") return parseBulk(bytes, end, Number(line));
  if (type === "*") return parseArray(bytes, end, Number(line));
  throw new Error(`not a RESP2 reply: ${type}${line}`);
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
        const reply = parse(received, 0);
        if (reply) settle(reply.value);
      } catch (error) {
        settle(error as Error);
      }
    });
  });
}
