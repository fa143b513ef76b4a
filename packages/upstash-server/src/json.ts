import { RedisError, type RespReply, Status } from "@redsync/conformance/resp";

/** How strings are written: as they are, or in base64, which carries any bytes. */
export type Encoding = "plain" | "base64";

/** A reply or an error as Upstash's JSON has it. */
export type JsonReply = { readonly result: unknown } | { readonly error: string };

export function jsonReplyOf(reply: RespReply, encoding: Encoding): JsonReply {
  if (reply instanceof RedisError) return { error: reply.message };
  // Upstash leaves a bare OK as it is, and encodes every other string, OK inside of arrays included.
  if (reply instanceof Status && reply.text === "OK") return { result: "OK" };
  return { result: jsonOf(reply, encoding) };
}

function jsonOf(reply: RespReply, encoding: Encoding): unknown {
  if (reply instanceof Status) return encoding === "base64" ? btoa(reply.text) : reply.text;
  if (reply instanceof RedisError) return jsonOf(Buffer.from(reply.message), encoding);
  if (Buffer.isBuffer(reply)) return reply.toString(encoding === "base64" ? "base64" : "utf8");
  if (Array.isArray(reply)) return reply.map((item: RespReply) => jsonOf(item, encoding));
  return reply;
}
