import { fork } from "node:child_process";
import type { Booking } from "./booking.ts";
import type { Message, Order } from "./messages.ts";
import type { ClientName } from "./options.js";

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Resolves once the worker has its connections. */
  readonly ready: Promise<void>;
  /** Resolves once the worker has done as told; rejects with its reason, or when the process ends before. */
  obey(order: Order, onBooking: (booking: Booking) => void): Promise<void>;
  /** Lets it release its locks and end; kills it where that takes too long. */
  end(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** Starts a worker. It gets REDIS_URLS, which may hold passwords, through its environment: arguments are public. */
export function startWorker(client: ClientName): WorkerProcess {
  const child = fork(new URL("./worker.ts", import.meta.url), [client], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  /** Hears the worker out until it says `last`. */
  function until(last: Message["type"], onBooking?: (booking: Booking) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (result: () => void) => {
        child.off("message", hear);
        child.off("exit", leave);
        child.off("error", reject);
        result();
      };
      const hear = (message: Message) => {
        if (message.type === "booked") onBooking?.(message.booking);
        else if (message.type === "failed") settle(() => reject(new Error(message.reason)));
        else if (message.type === last) settle(resolve);
      };
      const leave = (code: number | null, signal: string | null) =>
        settle(() => reject(new Error(`process ${child.pid} ended (${signal ?? `status ${code}`})`)));
      child.on("message", hear);
      child.on("exit", leave);
      child.on("error", reject);
    });
  }

  return {
    pid: child.pid,
    ready: until("ready"),
    obey(order, onBooking) {
      if (!child.connected) return Promise.reject(new Error(`process ${child.pid} has ended`));
      const done = until("done", onBooking);
      child.send(order);
      return done;
    },
    async end() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      if (child.exitCode === null && child.signalCode === null) await exited;
      clearTimeout(timer);
    },
  };
}
