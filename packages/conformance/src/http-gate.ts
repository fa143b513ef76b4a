import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that was stopped on its way. */
export interface Held {
  /** Resolves once there is such a request. */
  readonly reached: Promise<void>;
  /** Lets it go on. Does nothing for one whose sender has gone. */
  release(): void;
  /** Lets it go on, and loses the answer. */
  loseAnswer(): void;
}

/** An HTTP server that lets a test stop a request on its way. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** The bodies of those that have gone through. */
  readonly passed: string[];
  /** Stops the next request whose body matches. */
  hold(body: RegExp): Held;
}

interface Barrier {
  readonly body: RegExp;
  readonly reached: PromiseWithResolvers<void>;
  readonly released: PromiseWithResolvers<"answered" | "unanswered">;
}

/** Opens one in front of the server at `target`. Without a target it answers by itself: 200, and nothing. */
export async function openGate(target?: string): Promise<Gate> {
  const barriers: Barrier[] = [];
  const passed: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const found = barriers.findIndex((barrier) => barrier.body.test(body));
    const [barrier] = found < 0 ? [] : barriers.splice(found, 1);
    barrier?.reached.resolve();
    const fate = await barrier?.released.promise;
    if (response.destroyed) return;
    passed.push(body);
    const headers = {
      authorization: request.headers.authorization ?? "",
      "content-type": "application/json",
    };
    const answer = await (target === undefined
      ? new Response()
      : fetch(target + request.url, { method: "POST", headers, body }).catch(() => null));
    // As a proxy does whose upstream is gone.
    if (answer === null || fate === "unanswered") response.destroy();
    else response.writeHead(answer.status).end(await answer.text());
  });
  // A client that stood still would send its next request into a connection that was closed meanwhile.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    hold(body) {
      const barrier: Barrier = {
        body,
        reached: Promise.withResolvers(),
        released: Promise.withResolvers(),
      };
      barriers.push(barrier);
      return {
        reached: barrier.reached.promise,
        release: () => barrier.released.resolve("answered"),
        loseAnswer: () => barrier.released.resolve("unanswered"),
      };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
