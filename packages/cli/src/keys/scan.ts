import { Cluster, type Redis } from "ioredis";
import { type Kind, kindOf, ownerOf, SHOWN_BYTES } from "./kind.ts";

/** A key that one server has. */
export interface Key {
  readonly name: string;
  readonly kind: Kind;
  readonly owner?: string | undefined;
  /** Milliseconds; Infinity without an expiry. */
  readonly remaining: number;
}

const COUNT = "500";

/** Every key of a node that matches the pattern; of a Cluster, those of every primary. A key may come twice, as SCAN has it. */
export async function* scan(client: Redis | Cluster, pattern: string): AsyncGenerator<Key> {
  const servers = client instanceof Cluster ? client.nodes("master") : [client];
  for (const server of servers) {
    let cursor = "0";
    do {
      const [next, names] = (await server.call("scan", [cursor, "MATCH", pattern, "COUNT", COUNT])) as [
        string,
        string[],
      ];
      cursor = next;
      yield* await read(server, names);
    } while (cursor !== "0");
  }
}

/** What the keys are. One that has gone meanwhile is left out. */
async function read(server: Redis, names: readonly string[]): Promise<Key[]> {
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
    const text = type?.[1] === "string" && value?.[0] === null ? String(value[1]) : undefined;
    const kind = text === undefined ? "other" : kindOf(text);
    const owner = kind === "lock" ? ownerOf(text ?? "") : undefined;
    keys.push({ name, kind, owner, remaining: left === -1 ? Infinity : left });
  });
  return keys;
}
