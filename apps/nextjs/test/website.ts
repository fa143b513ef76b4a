import { Program } from "@redsync/conformance/program";

/** The app as `next build` has made it, served by `next start`. */
export interface Website extends AsyncDisposable {
  readonly program: Program;
  readonly url: string;
  /** Asks for an order to be paid, below `path`, as a visitor who leaves when the signal aborts. */
  pay(path: string, order: string, signal?: AbortSignal): Promise<Paid>;
  /** The same, with an answer that may be no receipt. */
  ask(path: string, order: string, signal?: AbortSignal): Promise<Response>;
  /** Whether it still takes requests. */
  accepts(): Promise<boolean>;
}

export interface Paid {
  readonly status: number;
  readonly body: unknown;
}

const built = new URL("..", import.meta.url);

/** Starts it over that Redis. The database on the edge, and the provider, are in the environment. */
export async function openWebsite(redisUrl: string, app: URL = built): Promise<Website> {
  const program = new Program(app, redisUrl, "--hostname", "127.0.0.1", "--port", "0");
  const line = await program.printed("- Local:");
  const url = line.replace("- Local:", "").trim();
  await program.printed("✓ Ready");
  // A connection for each request: what is kept alive, and used, holds up the end of the server.
  const headers = { connection: "close" };
  const ask: Website["ask"] = (path, order, signal) =>
    fetch(`${url}${path}/${order}/payment`, { method: "POST", headers, ...(signal && { signal }) });
  return {
    program,
    url,
    ask,
    async pay(path, order, signal) {
      const answer = await ask(path, order, signal);
      return { status: answer.status, body: await answer.json() };
    },
    accepts: () =>
      fetch(url, { headers }).then(
        () => true,
        () => false,
      ),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
