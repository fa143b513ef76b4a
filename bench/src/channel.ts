import { type ChildProcess, fork, spawn } from "node:child_process";
import { goProgram } from "@redsync/interop/go";
import { hear, tell } from "@redsync/interop/lines";
import { contestantProgram } from "./contestant-program.ts";
import { contestant } from "./contestants.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import { laneOf } from "./lane.ts";
import { nodeOf } from "./node-versions.ts";
import type { Assignment, Report, Request } from "./protocol.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A contestant's process, and how it is talked to. */
export interface Channel {
  readonly process: ChildProcess;
  tell(request: Request): void;
  hear(listener: (report: Report) => void): void;
}

/** The tools for a contestant are not on this machine; the message says which. */
export class ToolMissing extends Error {}

/** Starts the contestant's program over the servers at these ports; `flags` are Node's. */
export async function start(
  entrant: Entrant,
  ports: readonly number[],
  { build }: Effort,
  flags: readonly string[],
): Promise<Channel> {
  const { node, ...settings } = entrant;
  const assignment: Assignment = { ...settings, ports, lane: laneOf(entrant) };
  const { go } = contestant(assignment.contestant);
  if (go !== undefined) return startGo(assignment, go, build);
  const execPath = node === undefined ? process.execPath : nodeOf(node);
  if (execPath === undefined) throw new ToolMissing(`Node ${node} is not installed`);
  return startNode(assignment, execPath, flags);
}

async function startNode(
  assignment: Assignment,
  execPath: string,
  flags: readonly string[],
): Promise<Channel> {
  const child = fork(await contestantProgram(), [JSON.stringify(assignment)], {
    execPath,
    execArgv: [...flags],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return {
    process: child,
    tell: (request) => void child.send(request),
    hear: (listener) => void child.on("message", listener),
  };
}

async function startGo(
  { lane, ports, inFlight }: Assignment,
  client: object,
  build: Effort["build"],
): Promise<Channel> {
  const program = await goProgram(build);
  if ("lack" in program) throw new ToolMissing(program.lack);
  const [file] = program.command;
  // All that it makes of its name is those of its locks.
  const assignment = { contestant: lane, ports, inFlight, expiryMs: EXPIRY_MS, ...client };
  const child = spawn(file, ["bench", JSON.stringify(assignment)], { stdio: ["pipe", "pipe", "pipe"] });
  return {
    process: child,
    tell: (request) => tell(child, request),
    hear: (listener) => hear(child, listener),
  };
}
