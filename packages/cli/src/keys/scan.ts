import { Cluster, type Redis } from "ioredis";
import { type Kind, kindOf, ownerOf, SHOWN_BYTES } from "./kind.ts";
import { newcomersTo, slotsOf } from "./slots.ts";

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
  if (!(client instanceof Cluster)) return yield* scanServer(client, client, pattern);
  const servers = client.nodes("master");
  const before = await slotsOf(servers);
  for (const server of servers) yield* scanServer(server, client, pattern);
  const after = await slotsOf(servers);
  if (!before.areMoving && !after.areMoving && before.text === after.text) return;
  // A key may have moved from a server that was still to be scanned to one that had been. Where it has gone it is found now.
  await new Promise<void>((resolve) => client.refreshSlotsCache(() => resolve()));
  const primaries = client.nodes("master");
  const newcomers = await newcomersTo(primaries);
  try {
    for (const server of [...primaries, ...newcomers]) yield* scanServer(server, client, pattern);
  } finally {
    for (const server of newcomers) server.disconnect();
  }
}

async function* scanServer(server: Redis, client: Redis | Cluster, pattern: string): AsyncGenerator<Key> {
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
    yield* await read(server, client, names);
  } while (cursor !== "0");
}

/** A name; as its bytes if it is no text, or it would not be found again. */
function asText(bytes: Buffer): Name {
  const text = bytes.toString();
  return text.includes("\ufffd") && !Buffer.from(text).equals(bytes) ? bytes : text;
}

type Name = string | Buffer;

/** What a server says of a key: its type, its time to live, and its value. Of a key that is no text it answers WRONGTYPE to the last. */
type Answers = readonly [error: Error | null, reply?: unknown][];

const questionsAbout = (name: Name): readonly [string, Name[]][] => [
  ["type", [name]],
  ["pttl", [name]],
  ["getrange", [name, "0", String(SHOWN_BYTES - 1)]],
];

/** What the keys are. One that has gone meanwhile is left out. */
async function read(server: Redis, client: Redis | Cluster, names: readonly Name[]): Promise<Key[]> {
  const pipeline = server.pipeline();
  for (const [command, args] of names.flatMap(questionsAbout)) pipeline.call(command, args);
  const replies = (await pipeline.exec()) ?? [];
  const keys: Key[] = [];
  for (const [index, name] of names.entries()) {
    const answers = replies.slice(3 * index, 3 * index + 3);
    const isElsewhere = answers.some(([error]) => /^(MOVED|ASK) /.test(error?.message ?? ""));
    const key = keyOf(name, isElsewhere ? await follow(client, name) : answers);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/**
 * Asks wherever a key is. While a slot moves, the server that it leaves has not got all of its keys, and the other one keeps its own for
 * whoever was sent there. One question after the other: ioredis refuses what is to go to a server to which it is just connecting.
 */
async function follow(client: Redis | Cluster, name: Name): Promise<Answers> {
  const answers: Answers[number][] = [];
  for (const [command, args] of questionsAbout(name)) {
    const answer = client.call(command, args).then(
      (reply): Answers[number] => [null, reply],
      (error): Answers[number] => [error],
    );
    answers.push(await answer);
  }
  return answers;
}

function keyOf(name: Name, [type, ttl, value]: Answers): Key | undefined {
  for (const failure of [type?.[0], ttl?.[0]]) if (failure) throw failure;
  const left = Number(ttl?.[1]);
  if (type?.[1] === "none" || left === -2) return undefined;
  const isLockable = typeof name === "string" && type?.[1] === "string" && value?.[0] === null;
  const text = isLockable ? String(value[1]) : undefined;
  const kind = text === undefined ? "other" : kindOf(text);
  const owner = kind === "lock" ? ownerOf(text ?? "") : undefined;
  return {
    name: typeof name === "string" ? name : byteByByte(name),
    kind,
    owner,
    remaining: left === -1 ? Infinity : left,
  };
}

/** A name that is no text, and so that of no lock, as redis-cli shows it: such as "a\xff". */
function byteByByte(name: Buffer): string {
  return name
    .toString("latin1")
    .replaceAll(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
