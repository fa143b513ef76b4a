import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** One way through the proxy. */
export type Direction = "commands" | "replies";

/** A TCP proxy inside this process that stands between a client and a server and does what bad networks do. */
export class TcpProxy implements AsyncDisposable {
  /** Always this machine. */
  readonly host = "127.0.0.1";
  readonly #listener: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #held: Record<Direction, { readonly opened: Promise<void>; open(): void } | undefined> = {
    commands: undefined,
    replies: undefined,
  };
  #delay = 0;
  #onDrop: (() => void) | undefined;

  /** Use `startProxy`. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = createServer((client) => this.#join(client)).unref();
  }

  /** The port that clients connect to. */
  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** The address as clients take it. */
  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  /** Starts to listen on a free port. */
  async listen(): Promise<void> {
    this.#listener.listen(0, this.host);
    await once(this.#listener, "listening");
  }

  /** Delays what arrives from now on by so many milliseconds, each way; 0 ends it. */
  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Holds what arrives, in one direction or in both, until `resume`; the connections stay open. */
  pause(...directions: readonly Direction[]): void {
    for (const direction of directions.length ? directions : (["commands", "replies"] as const)) {
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      this.#held[direction] ??= { opened, open };
    }
  }

  /** Lets everything that was held go on, in its order. */
  resume(): void {
    for (const direction of ["commands", "replies"] as const) {
      this.#held[direction]?.open();
      this.#held[direction] = undefined;
    }
  }

  /**
   * Swallows the next reply and cuts its connection, as TCP has it: bytes are never lost out of the middle of a stream.
   * Resolves once that has happened, which is after the server has run the command.
   */
  dropNextReply(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrop = resolve;
    });
  }

  /** Cuts every connection, with what is under way on it; new ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts every connection and stops listening; may be called again. */
  async stop(): Promise<void> {
    this.cut();
    if (!this.#listener.listening) return;
    this.#listener.close();
    await once(this.#listener, "close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).once("close", () => this.#sockets.delete(socket));
      // Cut or refused: the other side learns of it by its own end.
      socket.on("error", () => {});
    }
    this.#pump("commands", client, server);
    this.#pump("replies", server, client);
  }

  #pump(direction: Direction, from: Socket, to: Socket): void {
    // One queue for each way: chunks keep their order whatever the delay was when they came.
    let queue: Promise<void> = Promise.resolve();
    from.on("data", (chunk) => {
      const due = performance.now() + this.#delay;
      queue = queue.then(() => this.#pass(direction, chunk, due, from, to));
    });
    from.once("close", () => {
      queue = queue.then(() => void to.destroySoon());
    });
  }

  async #pass(direction: Direction, chunk: Buffer, due: number, from: Socket, to: Socket): Promise<void> {
    const early = due - performance.now();
    if (early > 0) await pause(early);
    await this.#held[direction]?.opened;
    if (direction === "replies" && this.#onDrop) {
      from.destroy();
      to.destroy();
      this.#onDrop();
      this.#onDrop = undefined;
    } else if (!to.destroyed) {
      to.write(chunk);
    }
  }
}

/** Starts a proxy in front of a server on this machine; clients connect to its `url` in place of the server's. */
export async function startProxy(server: { readonly port: number }): Promise<TcpProxy> {
  const proxy = new TcpProxy(server.port);
  await proxy.listen();
  return proxy;
}
