import { type ChildProcess, fork, spawn } from "node:child_process";
import { goProgram } from "@redsync/interop/go";
import { hear, tell } from "@redsync/interop/lines";
import { contestant } from "./contestants.ts";
import type { Effort } from "./effort.ts";
import type { Entrant } from "./entrant.ts";
import { laneOf } from "./lane.ts";
import { nodeOf } from "./node-versions.ts";
import { programOf } from "./program.ts";
import type { Assignment, Report, Request } from "./protocol.ts";
import { EXPIRY_MS } from "./workloads.ts";

/** A process that is measured, and how it is talked to. */
export interface Channel<Asked, Said> {
  readonly process: ChildProcess;
  tell(request: Asked): void;
  hear(listener: (report: Said) => void): void;
}

/** The tools for a contestant are not on this machine; the message says which. */
export class ToolMissing extends Error {}

/** Starts the contestant's program over the servers at these ports; `flags` are Node's. */
export async function start(
  entrant: Entrant,
  ports: readonly number[],
  { build }: Effort,
  flags: readonly string[],
): Promise<Channel<Request, Report>> {
  const { node, ...settings } = entrant;
  const assignment: Assignment = { ...settings, ports, lane: laneOf(entrant) };
  const { go } = contestant(assignment.contestant);
  if (go !== undefined) {
    const { lane, inFlight } = assignment;
    // All that it makes of its name is those of its locks.
    return startGo("bench", { contestant: lane, ports, inFlight, expiryMs: EXPIRY_MS, ...go }, build);
  }
  const execPath = node === undefined ? process.execPath : nodeOf(node);
  if (execPath === undefined) throw new ToolMissing(`Node ${node} is not installed`);
  return startNode(await programOf("contestant"), assignment, execPath, flags);
}

/** Starts a program of ours on that Node. */
export function startNode<Asked extends object, Said extends object>(
  program: string,
  assignment: object,
  execPath: string,
  flags: readonly string[],
): Channel<Asked, Said> {
  const child = fork(program, [JSON.stringify(assignment)], {
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

/** Starts the program that locks with go-redsync. */
export async function startGo<Asked, Said>(
  task: "bench" | "wait",
  assignment: object,
  build: Effort["build"],
): Promise<Channel<Asked, Said>> {
  const program = await goProgram(build);
  if ("lack" in program) throw new ToolMissing(program.lack);
  const [file] = program.command;
  const child = spawn(file, [task, JSON.stringify(assignment)], { stdio: ["pipe", "pipe", "pipe"] });
  return {
    process: child,
    tell: (request) => tell(child, request),
    hear: (listener) => hear(child, listener),
  };
}
