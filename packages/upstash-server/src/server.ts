import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RedisError } from "@redsync/conformance/resp";
import type { Address } from "./connection.ts";
import { type Encoding, type JsonReply, jsonReplyOf } from "./json.ts";
import { Pool } from "./pool.ts";
import { commandOf, commandsOf } from "./requests.ts";
import { stream } from "./stream.ts";

/** How a server is to be started. */
export interface UpstashOptions {
  /** The Redis behind it. `host` is this machine by default. */
  readonly redis: { readonly port: number; readonly host?: string };
  /** What a request must bear; by default drawn at random. */
  readonly token?: string;
  /** The port to listen on; by default a free one. Always of this machine alone. */
  readonly port?: number;
}

/** Upstash's REST protocol over a Redis. */
export interface UpstashServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Closes every connection, both ways, and resolves once nobody listens any more. */
  stop(): Promise<void>;
}

/** Starts a server and resolves once it listens. */
export async function startUpstash(options: UpstashOptions): Promise<UpstashServer> {
  const { redis, token = crypto.randomUUID() } = options;
  const address: Address = { host: redis.host ?? "127.0.0.1", port: redis.port };
  const pool = new Pool(address);
  const server = createServer((request, response) => {
    respond({ request, response, pool, address, token }).catch((error: unknown) => {
      // The Redis behind is gone: to an HTTP client this is a server's own trouble.
      if (response.headersSent) response.destroy();
      else write(response, 503, { error: String(error) });
    });
  });
  // Connections that are not used are the client's to close: a client that stood still meanwhile would send its next request into
  // one that this server has closed.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const stop = async () => {
    pool.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, token, stop, [Symbol.asyncDispose]: stop };
}

/** One request, and all that its answer needs. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly pool: Pool;
  readonly address: Address;
  readonly token: string;
}

async function respond(exchange: Exchange): Promise<void> {
  const { request, response, address, token } = exchange;
  const body = await bodyOf(request);
  if (request.headers.authorization !== `Bearer ${token}`) {
    return write(response, 401, { error: "WRONGPASS invalid or missing auth token" });
  }
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const channel = /^\/subscribe\/([^/]+)$/.exec(pathname)?.[1];
  if (request.method !== "POST") return write(response, 405, { error: "ERR method not allowed" });
  if (channel !== undefined) return stream(address, decodeURIComponent(channel), response);
  try {
    write(response, 200, await jsonRepliesTo(exchange, pathname, body));
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    write(response, 400, { error: error.message });
  }
}

/** What goes into a response with 200; rejects with a `RedisError` where it is to be 400. */
async function jsonRepliesTo(
  { request, pool }: Exchange,
  path: string,
  body: string,
): Promise<JsonReply | readonly JsonReply[]> {
  const encoding: Encoding = request.headers["upstash-encoding"] === "base64" ? "base64" : "plain";
  if (path === "/pipeline") {
    const replies = await pool.run(commandsOf(parseJson(body)));
    return replies.map((reply) => jsonReplyOf(reply, encoding));
  }
  if (path === "/multi-exec") {
    const replies = await pool.run([["MULTI"], ...commandsOf(parseJson(body)), ["EXEC"]]);
    const results = replies.at(-1);
    if (!Array.isArray(results)) throw results;
    return results.map((reply) => jsonReplyOf(reply, encoding));
  }
  if (path !== "/") throw new RedisError("ERR commands are taken as JSON arrays at / alone");
  const [reply = null] = await pool.run([commandOf(parseJson(body))]);
  if (reply instanceof RedisError) throw reply;
  return jsonReplyOf(reply, encoding);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RedisError("ERR failed to parse the request body as JSON");
  }
}

function write(response: ServerResponse, status: number, answer: JsonReply | readonly JsonReply[]): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}
