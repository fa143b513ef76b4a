import { Cluster, type Redis } from "ioredis";
import { type Kind, kindOf, ownerOf, SHOWN_BYTES } from "./kind.ts";

/** A key that one server has. */
export interface Key {
  /** Without the `keyPrefix` of the client. */
  readonly name: string;
  readonly kind: Kind;
  readonly owner?: string | undefined;
  /** Milliseconds; Infinity without an expiry. */
  readonly remaining: number;
}

const COUNT = "500";

/**
 * Every key of a node that matches the pattern; of a Cluster, those of every primary. A key may come twice, as SCAN has it. The client puts
 * its prefix before the name of a key, but not before a pattern, and leaves it on what SCAN finds.
 */
export async function* scan(client: Redis | Cluster, pattern: string): AsyncGenerator<Key> {
  const servers = client instanceof Cluster ? client.nodes("master") : [client];
  for (const server of servers) {
    const { keyPrefix = "" } = server.options;
    const match = keyPrefix.replaceAll(/[*?[\\]/g, "\\$&") + pattern;
    let cursor = "0";
    do {
      const [next, found] = (await server.callBuffer("scan", [cursor, "MATCH", match, "COUNT", COUNT])) as [
        Buffer,
        Buffer[],
      ];
      cursor = next.toString();
      const names = found.map((key) => asText(key.subarray(Buffer.byteLength(keyPrefix))));
      yield* await read(server, names);
    } while (cursor !== "0");
  }
}

/** A name; as its bytes if it is no text, or it would not be found again. */
function asText(bytes: Buffer): string | Buffer {
  const text = bytes.toString();
  return text.includes("\ufffd") && !Buffer.from(text).equals(bytes) ? bytes : text;
}

/** What the keys are. One that has gone meanwhile is left out. */
async function read(server: Redis, names: readonly (string | Buffer)[]): Promise<Key[]> {
  const keys: Key[] = [];
  const pipeline = server.pipeline();
  for (const name of names) {
    pipeline.call("type", [name]);
    pipeline.call("pttl", [name]);
    // Of a key that is no text it answers WRONGTYPE.
    pipeline.call("getrange", [name, "0", String(SHOWN_BYTES - 1)]);
  }
  const replies = (await pipeline.exec()) ?? [];
  names.forEach((name, index) => {
    const [type, ttl, value] = replies.slice(3 * index, 3 * index + 3);
    for (const failure of [type?.[0], ttl?.[0]]) if (failure) throw failure;
    const left = Number(ttl?.[1]);
    if (type?.[1] === "none" || left === -2) return;
    const isLockable = typeof name === "string" && type?.[1] === "string" && value?.[0] === null;
    const text = isLockable ? String(value[1]) : undefined;
    const kind = text === undefined ? "other" : kindOf(text);
    const owner = kind === "lock" ? ownerOf(text ?? "") : undefined;
    keys.push({
      name: typeof name === "string" ? name : byteByByte(name),
      kind,
      owner,
      remaining: left === -1 ? Infinity : left,
    });
  });
  return keys;
}

/** A name that is no text, and so that of no lock, as redis-cli shows it: such as "a\xff". */
function byteByByte(name: Buffer): string {
  return name
    .toString("latin1")
    .replaceAll(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
