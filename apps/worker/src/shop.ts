import { type RedisNode, Redsync } from "@redsync/core";
import { upstashNodeFromEnv } from "@redsync/upstash";
import type { Env } from "./runtime.ts";

/** One ticket sold; tickets are numbered from 1. */
export interface Sale {
  readonly ticket: number;
  /** When, as ISO 8601 has it. */
  readonly at: string;
}

/** What there is to see. */
export interface Stock {
  readonly left: number;
  readonly of: number;
  /** The last sales, the newest first. */
  readonly recent: readonly Sale[];
}

/**
 * What became of a purchase: "lost", nothing, where somebody else had the lock before the sale was written; "unknown", the
 * sale was on its way to a database that did not answer.
 */
type Purchase = Sale | "sold out" | "lost" | "unknown";

/** Tickets for sale. Both methods reject where the database cannot be reached, and nothing was sold then. */
export interface Shop {
  look(): Promise<Stock>;
  /** Waits for its turn; rejects with `LockTakenError` where that takes too long. */
  buy(visit: Visit): Promise<Purchase>;
}

/** A buyer who may leave, and whose request goes on for what is given to `waitUntil`. */
interface Visit {
  readonly signal: AbortSignal;
  waitUntil(work: Promise<unknown>): void;
}

/** What is stored, as JSON under one key. */
interface Sales {
  readonly sold: number;
  readonly recent: readonly Sale[];
}

const KEY = "shop";
const SHOWN = 8;
const PATIENCE_MS = 10_000;

// The lock sits in the same Redis: the write itself can see to it that the lock is still ours, however long we took.
const WRITE = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[2], ARGV[2])
return 1`;

/** The shop of a Worker's bindings. Throws a TypeError naming the one that is missing or wrong. */
export function openShop(env: Env): Shop {
  const of = Number(env.STOCK);
  if (!/^\d+$/.test(env.STOCK)) throw new TypeError("STOCK must be a whole number");
  const node = upstashNodeFromEnv(env);
  const mutex = new Redsync(node).mutex(`${KEY}:lock`, {
    expiry: 10_000,
    // Three seconds for the way to the database and back: it may be far away, and have a crowd to serve.
    timeoutFactor: 0.3,
    tries: Number.POSITIVE_INFINITY,
    // In three seconds of waiting some 15 requests: Workers may make 50 in all on the free plan.
    retryDelay: () => 100 + Math.random() * 200,
  });

  async function buy({ signal, waitUntil }: Visit): Promise<Purchase> {
    // Sold out is for ever, and needs no lock to be seen.
    if ((await read(node)).sold >= of) return "sold out";
    const lock = await mutex.lock({ signal, timeout: 3_000, waitUntil });
    try {
      const { sold, recent } = await read(node);
      if (sold >= of) return "sold out";
      // Here a real shop takes the money.
      const sale: Sale = { ticket: sold + 1, at: new Date().toISOString() };
      const sales: Sales = { sold: sale.ticket, recent: [sale, ...recent].slice(0, SHOWN) };
      const args = [lock.name, KEY, lock.value, JSON.stringify(sales)];
      return await node.send(["EVAL", WRITE, "2", ...args], patient()).then(
        (written) => (written === 1 ? sale : "lost"),
        (error) => {
          console.error(error);
          return "unknown";
        },
      );
    } finally {
      // The buyer has no need to wait for it.
      waitUntil(lock.unlock().catch(console.error));
    }
  }

  return {
    buy,
    async look() {
      const { sold, recent } = await read(node);
      return { left: Math.max(0, of - sold), of, recent };
    },
  };
}

async function read(node: RedisNode): Promise<Sales> {
  const stored = await node.send(["GET", KEY], patient());
  return stored === null ? { sold: 0, recent: [] } : JSON.parse(String(stored));
}

function patient(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(PATIENCE_MS) };
}
