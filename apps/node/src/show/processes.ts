import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Options } from "./options.js";
import type { Job, Listener, Message } from "./perform.ts";

const worker = new URL("./worker.ts", import.meta.url);

/** As `perform()`, with the tasks in processes of their own. */
export async function performApart(job: Job, options: Options, signal: AbortSignal, onBooking: Listener) {
  const { client, processes } = options;
  const children = Array.from({ length: processes }, (_, index) => {
    const tasks = job.tasks.filter((task) => Math.floor((task * processes) / job.step) === index);
    const args = [client, JSON.stringify({ ...job, tasks })];
    // REDIS_URLS, which may hold passwords, goes through the environment: arguments are public.
    return fork(worker, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  });
  const working = Promise.allSettled(children.map((child) => hear(child, signal, onBooking)));
  // All begin at once, when the slowest has its connections.
  await Promise.all(children.map((child) => Promise.race([once(child, "message"), once(child, "exit")])));
  for (const child of children) if (child.connected) child.send("begin");
  for (const end of await working) if (end.status === "rejected") throw end.reason;
}

/** Hears a worker out to its end. */
async function hear(child: ChildProcess, signal: AbortSignal, onBooking: Listener) {
  signal.addEventListener("abort", () => child.connected && child.disconnect());
  let failure: string | undefined;
  child.on("message", (message: Message) => {
    if (message === "ready") return;
    if ("failure" in message) failure = message.failure;
    else onBooking(message);
  });
  // Not "exit" alone: messages may still be on their way then.
  const [[status, by]] = await Promise.all([once(child, "exit"), once(child, "disconnect")]);
  if (status !== 0) failure = `process ${child.pid} ended (${by ?? `status ${status}`})`;
  signal.throwIfAborted();
  if (failure !== undefined) throw new Error(failure);
}
