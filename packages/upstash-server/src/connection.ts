import { connect, type Socket } from "node:net";
import { encode, parse, type RespReply } from "@redsync/conformance/resp";

/** Where a Redis listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One connection to Redis. */
export class Connection {
  readonly #socket: Socket;
  readonly #onReply: (reply: RespReply) => void;
  #received: Buffer = Buffer.alloc(0);

  /** `onEnd` is called once, when the connection is gone or cannot be made. */
  constructor({ host, port }: Address, onReply: (reply: RespReply) => void, onEnd: (error: Error) => void) {
    this.#onReply = onReply;
    this.#socket = connect(port, host);
    this.#socket.setNoDelay(true);
    let why: Error | undefined;
    this.#socket.on("error", (error) => {
      why = error;
    });
    this.#socket.on("close", () => onEnd(why ?? new Error("Redis closed the connection")));
    this.#socket.on("data", (chunk) => this.#read(chunk));
  }

  write(commands: readonly (readonly string[])[]): void {
    this.#socket.write(commands.map(encode).join(""));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let offset = 0;
    for (;;) {
      const parsed = parse(this.#received, offset);
      if (parsed === undefined) break;
      offset = parsed.end;
      this.#onReply(parsed.reply);
    }
    this.#received = this.#received.subarray(offset);
  }
}
