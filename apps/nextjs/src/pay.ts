import type { LockOptions, RedisNode, Redsync } from "@redsync/core";

/** A Redis that locks, and has the orders as well. */
export interface Shop {
  readonly redsync: Redsync;
  readonly node: RedisNode;
}

export interface Receipt {
  readonly order: string;
  /** When it was paid, as ISO 8601 has it. */
  readonly paidAt: string;
}

export interface Payment {
  readonly receipt: Receipt;
  /** Whether it was paid just now, rather than before. */
  readonly isNew: boolean;
}

/** Has an order paid once, however many ask for it at once, on whatever machine: who comes later gets the receipt of the first one. */
export function pay({ redsync, node }: Shop, order: string, options: LockOptions): Promise<Payment> {
  const key = `order:${order}`;
  return redsync.mutex(`lock:${key}`).using(async (lock) => {
    const stored = await node.send(["GET", key], { key, signal: lock.signal });
    if (stored !== null) return { receipt: JSON.parse(String(stored)), isNew: false };
    // It may have taken too long until here. From here on the signal stops the request.
    lock.assertHeld();
    await charge(order, lock.signal);
    const receipt: Receipt = { order, paidAt: new Date().toISOString() };
    // Whatever has become of the lock: the money was taken. But not for ever: whoever asks again is not charged again. (`fetch` on the
    // edge ends with the signal; ioredis has its `commandTimeout`.)
    await node.send(["SET", key, JSON.stringify(receipt)], { key, signal: AbortSignal.timeout(5_000) });
    return { receipt, isNew: true };
  }, options);
}

/** Asks the payment provider, which knows an order that it has charged before if nobody could write the receipt. */
async function charge(order: string, signal: AbortSignal): Promise<void> {
  const url = process.env.PAYMENTS_URL ?? "http://127.0.0.1:4242/charges";
  const headers = { "content-type": "application/json", "idempotency-key": `order-${order}` };
  const { ok, status } = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify({ order }),
    signal,
  });
  if (!ok) throw new Error(`the payment provider answered ${status}`);
}
