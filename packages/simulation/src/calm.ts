import type { Context } from "./rule.ts";
import { LASTS_EXPIRIES } from "./troubles.ts";

/** The last trouble is over by then, and core asks every node again. */
const AFTERMATH_EXPIRIES = 7;

/** Whether nothing stands in the way of those who wait in line: no trouble at all, or all of it long ago. */
export function isCalm({ now, plan }: Pick<Context, "now" | "plan">): boolean {
  return plan.kind === "lines" && now >= calmFrom({ plan });
}

/** From when on a schedule about lines is calm. */
export function calmFrom({ plan }: Pick<Context, "plan">): number {
  const { options, troubles } = plan;
  return troubles.freeze === 0 ? 0 : (LASTS_EXPIRIES + AFTERMATH_EXPIRIES) * options.expiry;
}
