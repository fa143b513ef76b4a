import { setTimeout as pause } from "node:timers/promises";
import { showDuration } from "../duration.ts";
import { messageOf } from "../secrets.ts";
import type { Finding } from "./finding.ts";
import { ask, type Server } from "./server.ts";

/** A server's clock against ours. */
export interface Reading {
  readonly place: string;
  /** How far it is ahead of ours, in ms. */
  readonly ahead: number;
  /** By how much that may be wrong: half of the round trip, in ms. */
  readonly doubt: number;
  readonly standsStill: boolean;
}

const READINGS = 5;
/** Tokens, and places in a queue, are kept to within a second of a node's clock. */
const DANGER_MS = 1_000;
const WARNING_MS = 250;

/** Reads every server's TIME, and compares them with each other and with ours. */
export async function checkClocks(servers: readonly Server[]): Promise<Finding[]> {
  const failures: Finding[] = [];
  const readings: Reading[] = [];
  for (const server of servers) {
    try {
      readings.push(await read(server));
    } catch (error) {
      failures.push({
        check: "clock",
        node: server.place,
        verdict: "unknown",
        what: `TIME: ${messageOf(error)}`,
      });
    }
  }
  return [...failures, ...judge(readings)];
}

/** Of several readings the one with the shortest round trip. */
async function read(server: Server): Promise<Reading> {
  const all: { ahead: number; doubt: number; time: number }[] = [];
  for (let index = 0; index < READINGS; index++) {
    const [wall, started] = [Date.now(), performance.now()];
    const [seconds, microseconds] = (await ask(server, "time")) as [string, string];
    const doubt = (performance.now() - started) / 2;
    const time = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    all.push({ time, doubt, ahead: time - (wall + doubt) });
    await pause(5);
  }
  const [best] = all.toSorted((one, other) => one.doubt - other.doubt) as [(typeof all)[0]];
  // A millisecond of our own clock's grain.
  return {
    place: server.place,
    ahead: best.ahead,
    doubt: best.doubt + 1,
    standsStill: all[0]?.time === all.at(-1)?.time,
  };
}

/** What the readings mean. */
export function judge(readings: readonly Reading[]): Finding[] {
  const [first, ...others] = readings.toSorted((one, other) => one.ahead - other.ahead);
  if (!first) return [];
  const findings: Finding[] = readings
    .filter(({ standsStill }) => standsStill)
    .map(({ place: node }) => ({
      check: "clock",
      node,
      verdict: "danger",
      what: "TIME stands still: fencing tokens have nothing to start from",
      advice: "lock without fencing there, or use another server",
    }));
  const last = others.at(-1);
  if (last) findings.push(amongThem(first, last));
  findings.push(againstOurs(readings));
  return findings;
}

function amongThem(first: Reading, last: Reading): Finding {
  const apart = Math.max(0, last.ahead - first.ahead - first.doubt - last.doubt);
  const what = `the nodes' clocks are ${showDuration(last.ahead - first.ahead)} apart (${first.place} is behind ${last.place})`;
  const advice = "keep the servers' clocks together by NTP: tokens and the order of waiters follow them";
  if (apart >= DANGER_MS) return { check: "clock", verdict: "danger", what, advice };
  if (apart >= WARNING_MS) return { check: "clock", verdict: "warning", what, advice };
  return {
    check: "clock",
    verdict: "ok",
    what: `the nodes' clocks are ${showDuration(last.ahead - first.ahead)} apart`,
  };
}

/** This machine's clock, against the server's that it agrees with least. */
function againstOurs(readings: readonly Reading[]): Finding {
  const off = Math.max(...readings.map(({ ahead, doubt }) => Math.abs(ahead) - doubt));
  if (off < DANGER_MS)
    return {
      check: "clock",
      verdict: "ok",
      what: `this machine's clock is within ${showDuration(Math.max(1, off))} of them`,
    };
  const what = `this machine's clock is ${showDuration(off)} off`;
  return {
    check: "clock",
    verdict: "warning",
    what,
    advice: "keep it by NTP: its ticks and its tokens follow it",
  };
}
