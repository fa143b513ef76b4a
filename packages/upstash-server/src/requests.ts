import { RedisError } from "@redsync/conformance/resp";

type Scalar = string | number | boolean;

/** What makes no sense where each request may have another connection, and would spoil it for the next. */
const unavailable: ReadonlySet<string> = new Set(
  (
    "AUTH BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT DISCARD EXEC HELLO MONITOR MULTI " +
    "PSUBSCRIBE PUNSUBSCRIBE QUIT RESET SELECT SHUTDOWN SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SYNC UNSUBSCRIBE UNWATCH WATCH"
  ).split(" "),
);

/** A command from the body of a request: an array of scalars. Throws what Upstash answers with 400. */
export function commandOf(body: unknown): string[] {
  const isScalar = (item: unknown): item is Scalar => ["string", "number", "boolean"].includes(typeof item);
  if (!Array.isArray(body) || !body.every(isScalar)) {
    throw new RedisError("ERR failed to parse command: expected an array of strings");
  }
  const command = body.map(String);
  const name = command[0]?.toUpperCase();
  if (name === undefined || name === "") throw new RedisError("ERR empty command");
  if (unavailable.has(name)) {
    throw new RedisError(
      `ERR Command is not available: '${name}'. See https://upstash.com/docs/redis/overall/rediscompatibility`,
    );
  }
  return command;
}

/** The commands of a pipeline or a transaction: an array of arrays. */
export function commandsOf(body: unknown): string[][] {
  if (!Array.isArray(body)) throw new RedisError("ERR failed to parse pipeline request");
  if (body.length === 0) throw new RedisError("ERR empty pipeline request");
  return body.map(commandOf);
}
