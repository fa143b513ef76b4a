import { randomUUID } from "node:crypto";
import type { Connection } from "../connection.ts";
import { EXPIRY, readDuration } from "../duration.ts";
import { say, sayJson } from "../output.ts";
import { checkMutex, type NodeOptions, withNodes } from "../session.ts";
import { plain } from "../shown-text.ts";
import { status, usageError } from "../status.ts";
import { checkClocks } from "./clocks.ts";
import { checkCluster } from "./cluster.ts";
import { CHECKS, type Check, type Finding } from "./finding.ts";
import { checkLatency } from "./latency.ts";
import { checkChannels, checkLock } from "./lock.ts";
import { checkRights } from "./rights.ts";
import { infoOf, type Server, serversOf } from "./server.ts";
import { checkSettings } from "./settings.ts";
import { checkCount, checkIdentity } from "./together.ts";

export interface DoctorOptions extends NodeOptions {
  readonly expiry: string;
  readonly timeoutFactor: string;
  readonly prefix: string;
  readonly skip?: readonly string[];
}

/** Never less than this, as core has it. */
const LEAST_ROUND_MS = 50;

/** `redsync doctor`: what endangers locks, one line a check. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const skipped = readSkipped(options.skip ?? []);
  const deadline = readDeadline(options);
  const name = `${options.prefix}redsync-doctor:${randomUUID()}`;
  checkName(name, options.prefix);
  return withNodes(options, "each", async (connections) => {
    const findings = await examine(connections, name, deadline);
    const shown = findings.map((finding) => ({ ...finding, skipped: skipped.has(finding.check) }));
    if (options.json) await sayJson(shown);
    else for (const finding of shown) await say(lineOf(finding));
    if (connections.every(({ failure }) => failure !== undefined)) return status.unavailable;
    return shown.some(({ verdict, skipped }) => verdict === "danger" && !skipped) ? status.no : status.done;
  });
}

function checkName(name: string, prefix: string): void {
  try {
    checkMutex(name, { fencing: true });
  } catch {
    throw usageError(
      `--prefix must have no "}" except in a hash tag, such as "{tag}"; it is ${JSON.stringify(prefix)}`,
    );
  }
}

function readSkipped(words: readonly string[]): ReadonlySet<Check> {
  for (const word of words)
    if (!(CHECKS as readonly string[]).includes(word))
      throw usageError(`--skip knows ${CHECKS.join(", ")}; not ${JSON.stringify(word)}`);
  return new Set(words as readonly Check[]);
}

function readDeadline({ expiry, timeoutFactor }: DoctorOptions): number {
  const factor = /^\d*\.?\d+$/.test(timeoutFactor) ? Number(timeoutFactor) : Number.NaN;
  if (!(factor < 1))
    throw usageError(
      `--timeout-factor must be a number of at least 0 and less than 1, such as 0.05; it is ${JSON.stringify(timeoutFactor)}`,
    );
  return Math.max(readDuration("--expiry", expiry, EXPIRY) * factor, LEAST_ROUND_MS);
}

/** Everything, in the order in which it is shown. */
async function examine(
  connections: readonly Connection[],
  name: string,
  deadline: number,
): Promise<Finding[]> {
  const open = connections.filter(({ failure }) => failure === undefined);
  const servers: Server[] = open.flatMap(serversOf);
  const known = await Promise.all(
    servers.map(async (server) => ({ server, place: server.place, info: await infoOf(server) })),
  );
  const settings = await Promise.all(known.map(({ server, info }) => checkSettings(server, info)));
  const findings = [
    checkCount(connections.length),
    ...connections.map(reachability),
    ...checkIdentity(known),
    ...settings.flat(),
  ];
  for (const { client, place } of open)
    if (client.isCluster)
      findings.push(
        await checkCluster(
          place,
          servers.filter(({ isOfCluster }) => isOfCluster),
        ),
      );
  findings.push(...(await checkClocks(servers)));
  // One after another: each has the machine for itself.
  for (const connection of open) {
    findings.push(...(await checkRights(connection, name)));
    findings.push(await checkChannels(connection, name), await checkLock(connection, name));
    findings.push(await checkLatency(connection, name, deadline));
  }
  return findings;
}

function reachability({ place, failure }: Connection): Finding {
  if (failure === undefined)
    return { check: "connection", node: place, verdict: "ok", what: "can be reached" };
  const advice = "start it, or fix its address, its password or the network";
  return { check: "connection", node: place, verdict: "danger", what: failure, advice };
}

function lineOf({ check, node, verdict, what, advice, skipped }: Finding & { skipped: boolean }): string {
  const word = skipped && verdict !== "ok" ? "skipped" : verdict === "danger" ? "DANGER" : verdict;
  const where = node === undefined ? "" : `${node}: `;
  return `${word.padEnd(8)} ${check.padEnd(12)} ${where}${plain(what)}${advice ? ` → ${advice}` : ""}`;
}
