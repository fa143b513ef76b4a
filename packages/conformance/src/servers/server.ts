import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reply } from "@redsync/core";
import { command } from "./command.ts";
import { drawPort, reserve, type ServerKind, type ServerOptions, writeConfig } from "./home.ts";
import { launch, type ServerProcess } from "./process.ts";

const DATA: ServerKind = {
  args: [],
  // No delay: a replica that is waited for would otherwise cost 5 s.
  defaults: ['save ""', "appendonly no", "repl-diskless-sync-delay 0"],
  ready: /Ready to accept connections/,
};

/** A real server process on this machine, to be stopped, killed, frozen and restarted by a test. */
export class RedisServer implements AsyncDisposable {
  /** Always this machine. */
  readonly host = "127.0.0.1";
  /** The TCP port, the same across restarts. */
  readonly port: number;
  readonly #home: string;
  readonly #start: () => Promise<ServerProcess>;
  #process: ServerProcess;
  #stopped = false;

  /** Use `startServer`. */
  constructor(port: number, home: string, process: ServerProcess, start: () => Promise<ServerProcess>) {
    this.port = port;
    this.#home = home;
    this.#process = process;
    this.#start = start;
  }

  /** The address as clients take it. */
  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  /** The id of the process, another one after a restart. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends one command over a connection of its own; rejects with the server's message. */
  command(...args: string[]): Promise<Reply> {
    return command(this.port, ...args);
  }

  /** Stops the process (SIGSTOP): its connections stay open, and what they carry waits for `thaw`. */
  freeze(): void {
    this.#process.signal("SIGSTOP");
  }

  /** Lets a frozen process go on (SIGCONT); it runs what has arrived meanwhile, expired commands included. */
  thaw(): void {
    this.#process.signal("SIGCONT");
  }

  /** Ends the process as a crash does (SIGKILL); `restart` brings it back. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /**
   * Ends the process and starts it again on the same port: empty, as a server without persistence comes back.
   *
   * `keepData` saves before; of a server that was killed it keeps what is on its disk, which is nothing unless its
   * config says `appendonly yes`.
   */
  async restart(options: { readonly keepData?: boolean } = {}): Promise<void> {
    if (this.#stopped) throw new Error(`the server on port ${this.port} was stopped: its directory is gone`);
    if (options.keepData) await this.#save();
    await this.kill();
    if (!options.keepData) await this.#forget();
    this.#process = await this.#start();
  }

  /**
   * Ends the process and removes its directory; may be called again.
   *
   * By SIGKILL: there is nothing to save, a frozen server obeys nothing else, and SIGTERM waits for slow replicas.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.kill();
    await rm(this.#home, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #save(): Promise<void> {
    this.thaw();
    // Nobody answers when the server is down already: its data is what lies on the disk.
    await this.command("SAVE").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNREFUSED") throw error;
    });
  }

  /** Removes the data alone: a Cluster's nodes.conf and what Sentinel rewrote in redis.conf survive a real crash too. */
  async #forget(): Promise<void> {
    for (const data of ["dump.rdb", "appendonlydir", "appendonly.aof"]) {
      await rm(join(this.#home, data), { recursive: true, force: true });
    }
  }
}

async function startAt(
  port: number,
  home: string,
  kind: ServerKind,
  options: ServerOptions,
): Promise<RedisServer> {
  const start = () => launch([join(home, "redis.conf"), ...kind.args], home, kind.ready);
  try {
    await writeConfig(home, port, kind, options);
    return new RedisServer(port, home, await start(), start);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a drawn port is somebody else's: a server's of ours, or another program's, as the server's own bind has found. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EEXIST" || /Address already in use|Failed listening/.test(String(error));
}

/** Starts one server of a kind. */
export async function startKind(kind: ServerKind, options: ServerOptions = {}): Promise<RedisServer> {
  if (options.port !== undefined) {
    const home = await mkdtemp(join(tmpdir(), "redsync-server-"));
    return startAt(options.port, home, kind, options);
  }
  for (let draw = 1; ; draw++) {
    const port = drawPort();
    try {
      return await startAt(port, await reserve(port), kind, options);
    } catch (error) {
      if (!isTaken(error) || draw === 20) throw error;
    }
  }
}

/**
 * Starts a real Redis server without persistence, in a temporary directory, and resolves once it answers.
 *
 * It never outlives this process. Rejects with the server's log when it cannot start, and with advice when there is no
 * binary: redis-server on the PATH, or what the environment variable `REDIS_SERVER` names.
 */
export function startServer(options: ServerOptions = {}): Promise<RedisServer> {
  return startKind(DATA, options);
}

/** Starts `count` servers that know nothing of each other: the nodes of a quorum. */
export function startServers(
  count: number,
  options: Pick<ServerOptions, "config"> = {},
): Promise<RedisServer[]> {
  return Promise.all(Array.from({ length: count }, () => startServer(options)));
}
