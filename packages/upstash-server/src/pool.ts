import type { RespReply } from "@redsync/conformance/resp";
import { type Address, Connection } from "./connection.ts";

/** What a connection is busy with. */
interface Job {
  readonly replies: RespReply[];
  readonly count: number;
  readonly resolve: (replies: RespReply[]) => void;
  readonly reject: (error: Error) => void;
}

interface Worker {
  readonly connection: Connection;
  job: Job | undefined;
}

/**
 * Connections to one Redis, each with one request at a time: as over HTTP, requests that are under way together reach Redis
 * in any order. A request that its sender has abandoned goes on until Redis has answered it.
 */
export class Pool {
  readonly #address: Address;
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];

  constructor(address: Address) {
    this.#address = address;
  }

  /** Runs commands one after the other, with nobody's in between on this connection; resolves to a reply each. */
  run(commands: readonly (readonly string[])[]): Promise<RespReply[]> {
    return new Promise((resolve, reject) => {
      const worker = this.#idle.pop() ?? this.#hire();
      worker.job = { replies: [], count: commands.length, resolve, reject };
      worker.connection.write(commands);
    });
  }

  close(): void {
    for (const { connection } of this.#workers) connection.close();
  }

  #hire(): Worker {
    const onReply = (reply: RespReply) => {
      const { job } = worker;
      if (job === undefined || job.replies.push(reply) < job.count) return;
      worker.job = undefined;
      this.#idle.push(worker);
      job.resolve(job.replies);
    };
    const onEnd = (error: Error) => {
      this.#workers.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      worker.job?.reject(error);
    };
    const worker: Worker = { connection: new Connection(this.#address, onReply, onEnd), job: undefined };
    this.#workers.add(worker);
    return worker;
  }
}
