import type { RedisNode, Reply } from "@redsync/core";

/** Where a database is, and the right to use it: both stand in Upstash's console. */
export interface UpstashDatabase {
  /** The REST URL, such as `https://name.upstash.io`. */
  readonly url: string;
  /** The REST token. It goes into requests alone, never into an error or the node. */
  readonly token: string;
}

/** What sends commands to a database, each in a request of its own. */
export function senderTo(database: UpstashDatabase): RedisNode["send"] {
  return async (command, { signal } = {}) => {
    try {
      const response = await post(database, "/", {
        body: JSON.stringify(command),
        signal: accepted(database.url, signal),
      });
      const { result, error } = await read(response);
      if (response.status === 200 && result !== undefined) return result;
      throw failure(response, error, [database.token, ...command.slice(1)]);
    } catch (error) {
      // After an abort the signal's own reason, otherwise what is wrong.
      signal?.throwIfAborted();
      throw error;
    }
  };
}

/** Sends a request; resolves with the headers of its response, whatever they say. */
export function post({ url, token }: UpstashDatabase, path: string, init: RequestInit): Promise<Response> {
  return fetch(url + path, {
    ...init,
    method: "POST",
    headers: { ...init.headers, authorization: `Bearer ${token}`, "content-type": "application/json" },
    // Not "error", which Workers do not have.
    redirect: "manual",
    // Next.js caches what does not say so, POST included; Workers of older compatibility dates refuse the very word.
    ...(globalThis.navigator?.userAgent !== "Cloudflare-Workers" && { cache: "no-store" }),
  }).catch(lost);
}

/**
 * The signal, unless `fetch` takes it for none: in Vitest 3 with jsdom signals are jsdom's, and `fetch` is Node's. The request
 * cannot be cancelled then, which no lock relies on.
 */
export function accepted(url: string, signal: AbortSignal | null = null): AbortSignal | null {
  try {
    // It sends nothing, and is as strict.
    new Request(url, { signal });
    return signal;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** What a response says, or nothing if the response is not Upstash's. */
export async function read(response: Response): Promise<{ result?: Reply; error?: unknown }> {
  const text = await response.text().catch(lost);
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Throws what it means that there is no response, or not all of one. */
export function lost(error: Error & { digest?: string; cause?: { code?: string; message?: string } }): never {
  // No failure, but the way in which Next.js leaves a page: it has to get this very error.
  if (typeof error?.digest === "string") throw error;
  // Node's fetch says why in the cause, in a code or in words.
  const why = error.cause?.code ?? error.cause?.message ?? "";
  throw new Error(`request failed: ${error.message} ${why}`, { cause: error });
}

/**
 * The error that a response stands for. Core takes a message that begins with a Redis error word for the server's own: the
 * command did not run. That may be said of 400 alone; with any other status nobody knows.
 */
export function failure({ status }: Response, error: unknown, secrets: readonly string[]): Error {
  // The server quotes what it does not understand, cut short after "with args": nothing that may be the value of a lock, or the
  // token, gets through.
  let said = String(error ?? "").replace(/, with args.*/s, "");
  for (const secret of secrets) {
    if (secret.length > 7) said = said.replaceAll(secret, "[hidden]");
  }
  if (status === 400 && /^[A-Z][A-Z0-9]* /.test(said)) return new Error(said);
  return new Error(`Upstash answered HTTP ${status}${meaningOf(status)} ${said}`);
}

function meaningOf(status: number): string {
  if (status === 200) return " without a JSON reply";
  if (status === 401) return " (wrong token):";
  if (status === 429) return " (too many requests):";
  // A browser tells a redirect that it did not follow by 0.
  return status < 400 ? " (a redirect)" : ":";
}
