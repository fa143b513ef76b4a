import type { Plan } from "../booking.ts";
import type { Booking } from "./perform.ts";

/** What a run shows, found without any help of the lock: what was confirmed less what is stored was overwritten. */
export function gather(bookings: readonly Booking[], plan: Plan) {
  const times = bookings.flatMap(({ asked, to }) => [asked, to]).sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
  return {
    confirmed: bookings.length,
    stored: plan.length,
    lost: bookings.length - plan.length,
    seconds: Number(seconds.toFixed(2)),
    "per second": Math.round(bookings.length / seconds),
  };
}
