import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

const START_TIMEOUT = 60_000;

/** A server process that has said in its log that it is ready. */
export interface ServerProcess {
  /** The process's id. */
  readonly pid: number;
  /** Sends a signal; does nothing once the process has ended. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** Sends SIGKILL, which a stopped process obeys too, and resolves once the process has ended. */
  kill(): Promise<void>;
}

function missingBinary(binary: string, cause: unknown): Error {
  const advice =
    "Install Redis (apt-get install -y redis-server, brew install redis), or set REDIS_SERVER to the path of a " +
    "redis-server or valkey-server binary.";
  return new Error(`cannot run ${JSON.stringify(binary)}. ${advice}`, { cause });
}

/**
 * Kills the server when this process is gone, however it went: a shell reads a pipe that the system closes then.
 * An exit hook would not do: it does not run on SIGKILL, nor on the default action of Ctrl-C, nor in a test runner's
 * worker that is terminated. Held by the test "leaves no server behind".
 */
function guard(server: ChildProcess, home: string): void {
  const script = 'read -r dismissed || { kill -9 "$0"; rm -rf "$1"; }';
  const shell = spawn("/bin/sh", ["-c", script, String(server.pid), home], {
    // A session of its own, so that the terminal's Ctrl-C does not end the guard before its work.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  const pipe = shell.stdin as Socket;
  pipe.unref();
  // Nobody listens any more when the guard itself was killed.
  pipe.on("error", () => {});
  // Dismissed by a line: once the server has ended, its process id may be somebody else's.
  server.once("exit", () => pipe.end("dismissed\n"));
}

/** Resolves once the log says so; rejects with the log when the process ends first or stays silent for a minute. */
function untilReady(child: ChildProcessByStdio<null, Readable, Readable>, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    const settle = (end: () => void) => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream.off("data", read).resume();
      end();
    };
    const fail = (what: string) => settle(() => reject(new Error(`the server ${what}; its log:\n${log}`)));
    const read = (chunk: string) => {
      log += chunk;
      if (ready.test(log)) settle(resolve);
    };
    const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT} ms`), START_TIMEOUT);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    child.once("close", () => fail("ended at its start"));
  });
}

/**
 * Starts the server binary (`REDIS_SERVER`, or else redis-server) and resolves once its log matches `ready`.
 *
 * The process does not keep this one alive, and never outlives it.
 */
export async function launch(args: readonly string[], home: string, ready: RegExp): Promise<ServerProcess> {
  const binary = process.env.REDIS_SERVER || "redis-server";
  const child = spawn(binary, args, {
    cwd: home,
    // A session of its own: the terminal's Ctrl-C is for the program, which may still want to unlock.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw missingBinary(binary, (await once(child, "error"))[0]);
  guard(child, home);

  const exit = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    // Or a program that has nothing else to do would end here, before the server has.
    child.ref();
    await exit;
  };
  try {
    await untilReady(child, ready);
  } catch (error) {
    await kill();
    throw error;
  }
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref();
  return { pid, signal: (name) => void child.kill(name), kill };
}
