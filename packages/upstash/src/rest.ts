import type { Command, Reply } from "@redsync/core";
import type { Access } from "./access.ts";

/** Sends one command and resolves to its reply. */
export function send(access: Access, command: Command, signal?: AbortSignal): Promise<Reply> {
  const body = JSON.stringify(command);
  return during(signal, post(access, "/", { body, signal }), async (response) => {
    const text = await response.text();
    const reply = response.status === 200 ? parse(text)?.result : undefined;
    return reply === undefined ? failure(response, text, [access.token, ...command.slice(1)]) : reply;
  });
}

/** Sends a request; resolves with the headers of its response, whatever they say. */
export function post(
  { url, token }: Access,
  path: string,
  init: { accept?: string; body?: string; signal?: AbortSignal | undefined },
): Promise<Response> {
  const { accept = "*/*", body = null, signal = null } = init;
  return fetch(url + path, {
    method: "POST",
    headers: { accept, authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
    signal,
    // Not "error", which Workers do not have.
    redirect: "manual",
    // Next.js caches what does not say so, POST included; Workers of older compatibility dates refuse the very word.
    ...(globalThis.navigator?.userAgent !== "Cloudflare-Workers" && { cache: "no-store" }),
  });
}

/** Reads a response. Who gave up gets the signal's reason, everybody else what is wrong; an `Error` from `read` is that. */
export async function during<T>(
  signal: AbortSignal | undefined,
  request: Promise<Response>,
  read: (response: Response) => Promise<T | Error>,
): Promise<T> {
  let result: T | Error;
  try {
    result = await read(await request);
  } catch (error) {
    if (signal?.aborted) throw error;
    // Node's fetch says why in the cause, in a code or in words.
    const { message, cause } = error as Error & { cause?: Error & { code?: string } };
    throw new Error(`request failed: ${message} ${cause?.code ?? cause?.message ?? ""}`, { cause: error });
  }
  if (result instanceof Error) throw result;
  return result;
}

/**
 * The error that a response stands for. Core takes a message that begins with a Redis error word for the server's own: the
 * command did not run. That may be said of 400 alone; with any other status nobody knows.
 */
export function failure({ status }: Response, text: string, secrets: readonly string[]): Error {
  const said = withoutSecrets(String(parse(text)?.error ?? ""), secrets);
  return new Error(
    status === 400 && /^[A-Z][A-Z0-9]* /.test(said)
      ? said
      : `Upstash answered HTTP ${status}${meaningOf(status)} ${said}`,
  );
}

function meaningOf(status: number): string {
  if (status === 200) return " without a JSON reply";
  if (status === 401) return " (wrong token):";
  if (status === 429) return " (too many requests):";
  // A browser tells a redirect that it did not follow by 0.
  return status < 400 ? " (a redirect)" : ":";
}

function parse(text: string): { result?: Reply; error?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server quotes what it does not understand: nothing that may be the value of a lock, or the token, gets through. */
function withoutSecrets(said: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (text, secret) => (secret.length > 7 ? text.replaceAll(secret, "[hidden]") : text),
    said.replace(/, with args.*/s, ""),
  );
}
