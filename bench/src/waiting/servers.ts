import { type RedisServer, startServer, startServers } from "@redsync/conformance/servers";
import type { Ports } from "./crew.ts";
import { ownersKey } from "./inside.ts";

/** Who entered the critical section, and when by the observer's clock, in ms. */
export interface Holding {
  readonly at: number;
  readonly process: number;
  /** Among those of its process. */
  readonly task: number;
}

/** What the lock's servers have done since they were started. */
interface Load {
  readonly cpuUs: number;
  /** Requests of go-redsync: it sends SET to lock and a script for the rest. */
  readonly goCommands: number;
}

/** The servers that keep the lock, and one that watches. */
export class WaitingServers implements AsyncDisposable {
  readonly #nodes: readonly RedisServer[];
  readonly #observer: RedisServer;
  #names = 0;

  private constructor(nodes: readonly RedisServer[], observer: RedisServer) {
    this.#nodes = nodes;
    this.#observer = observer;
  }

  static async start(nodes: number): Promise<WaitingServers> {
    return new WaitingServers(await startServers(nodes), await startServer());
  }

  get where(): Ports {
    return { ports: this.#nodes.map(({ port }) => port), observerPort: this.#observer.port };
  }

  get nodes(): number {
    return this.#nodes.length;
  }

  /** Whoever was ended inside is still counted under the old one. */
  freshName(waiter: string): string {
    return `bench:${waiter}:${this.#names++}`;
  }

  /** Of all nodes together. */
  async load(): Promise<Load> {
    const loads = await Promise.all(this.#nodes.map(loadOf));
    return loads.reduce((sum, { cpuUs, goCommands }) => ({
      cpuUs: sum.cpuUs + cpuUs,
      goCommands: sum.goCommands + goCommands,
    }));
  }

  /** Everybody who has entered under that name, in this order. */
  async holdings(name: string): Promise<Holding[]> {
    const entries = (await this.#observer.command("XRANGE", ownersKey(name), "-", "+")) as unknown as [
      string,
      [string, string],
    ][];
    return entries.map(([id, [, owner]]) => {
      const [process = "", task = ""] = owner.split(".");
      return { at: Number(id.split("-")[0]), process: Number(process), task: Number(task) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#nodes, this.#observer].map((server) => server.stop()));
  }
}

async function loadOf(server: RedisServer): Promise<Load> {
  const cpu = String(await server.command("INFO", "cpu"));
  const commands = String(await server.command("INFO", "commandstats"));
  const seconds = (field: string) =>
    Number(new RegExp(`^${field}:([\\d.]+)`, "m").exec(cpu)?.[1] ?? Number.NaN);
  const calls = (name: string) =>
    Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, "m").exec(commands)?.[1] ?? 0);
  return {
    cpuUs: (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1_000_000,
    goCommands: calls("set") + calls("evalsha") + calls("eval"),
  };
}
