import { isRedsyncError, type RedsyncErrorCode } from "@redsync/core";
import { after } from "next/server";
import { pay, type Shop } from "./pay";

/** As docs/errors.md has them; all others are 500. */
const statuses: Partial<Record<RedsyncErrorCode, number>> = {
  REDSYNC_LOCK_TAKEN: 409,
  REDSYNC_LOCK_FAILED: 503,
  REDSYNC_EXTEND_FAILED: 503,
  REDSYNC_CLOSED: 503,
};

/** What an order may be called: nothing that would be another key, or change the names of keys. */
const ORDER = /^[\w-]{1,64}$/;

/** Answers a request to pay an order: 201 if it was paid by this, 200 if it was paid before. */
export async function payment(shop: Shop, { signal }: Request, order: string): Promise<Response> {
  if (!ORDER.test(order)) return Response.json({ code: "NO_SUCH_ORDER" }, { status: 404 });
  // What a call leaves behind, such as the undo of one whose visitor has gone, goes on after the answer: Next, or the platform, keeps the
  // request for that.
  const paying = pay(shop, order, { signal, timeout: 5_000, waitUntil: after });
  // A visitor who goes away while the order is paid must not end that.
  after(paying.catch(() => {}));
  try {
    const { receipt, isNew } = await paying;
    return Response.json(receipt, { status: isNew ? 201 : 200 });
  } catch (error) {
    if (signal.aborted) {
      // Nobody hears the answer. That the visitor has gone is no error; what has become of the payment may be one.
      if (error !== signal.reason) console.error(error);
      return new Response(null, { status: 499 });
    }
    if (!isRedsyncError(error)) throw error;
    const { code, message } = error;
    const status = statuses[code] ?? 500;
    if (status >= 500) console.error(message);
    return Response.json({ code }, { status });
  }
}
