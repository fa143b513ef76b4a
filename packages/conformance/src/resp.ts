/** A server's error reply. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** A simple string, such as OK: Upstash does not encode it as it would a bulk string. */
export class Status {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** RESP2 with nothing lost: which strings are simple, which bytes a bulk string has. */
export type RespReply = Status | Buffer | number | null | RedisError | readonly RespReply[];

/** A command as bytes. */
export function encode(command: readonly string[]): string {
  const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  return `*${command.length}\r\n${command.map(bulk).join("")}`;
}

/** A parsed reply, and the offset behind it. */
interface Parsed {
  readonly reply: RespReply;
  readonly end: number;
}

/** Parses the reply at `start`; undefined as long as not all of its bytes have arrived. */
export function parse(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  const type = String.fromCharCode(bytes[start] ?? 0);
  if (type === "+") return { reply: new Status(line), end };
  if (type === "-") return { reply: new RedisError(line), end };
  if (type === ":") return { reply: Number(line), end };
  if (type === "$") return parseBulk(bytes, end, Number(line));
  if (type === "*") return parseArray(bytes, end, Number(line));
  throw new Error(`not a RESP2 reply: ${type}${line}`);
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length;
  return end + 2 > bytes.length ? undefined : { reply: bytes.subarray(start, end), end: end + 2 };
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const items: RespReply[] = [];
  let end = start;
  for (let index = 0; index < length; index++) {
    const item = parse(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
