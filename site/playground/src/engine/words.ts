import { EPOCH } from "@redsync/simulation/process";

/** A duration or a time of the run, in seconds. */
export function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(2))} s`;
}

/** A time of the run, with as many digits as the next one. */
export function clockText(ms: number): string {
  return (ms / 1_000).toFixed(2);
}

/** A token in microseconds since the run began: the whole number has sixteen digits, of which the first ones never change here. */
export function shortToken(token: number): string {
  return String(token - EPOCH * 1_000).replace(/\B(?=(\d{3})+$)/g, ",");
}
