import { type ChildProcess, fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { goProgram } from "@redsync/interop/go";
import { hear, tell } from "@redsync/interop/lines";
import { contestant } from "./contestants.ts";
import type { Effort } from "./effort.ts";
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

const PROGRAM = fileURLToPath(new URL("contestant-process.ts", import.meta.url));

/** Starts the contestant's program; `flags` are Node's. */
export async function start(
  assignment: Assignment,
  { build }: Effort,
  flags: readonly string[],
): Promise<Channel> {
  const { go } = contestant(assignment.contestant);
  return go === undefined ? startNode(assignment, flags) : startGo({ ...assignment, ...go }, build);
}

function startNode(assignment: Assignment, flags: readonly string[]): Channel {
  const child = fork(PROGRAM, [JSON.stringify(assignment)], {
    execArgv: ["--disable-warning=ExperimentalWarning", ...flags],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return {
    process: child,
    tell: (request) => void child.send(request),
    hear: (listener) => void child.on("message", listener),
  };
}

async function startGo(assignment: object, build: Effort["build"]): Promise<Channel> {
  const program = await goProgram(build);
  if ("lack" in program) throw new ToolMissing(program.lack);
  const [file] = program.command;
  const child = spawn(file, ["bench", JSON.stringify({ ...assignment, expiryMs: EXPIRY_MS })], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  return {
    process: child,
    tell: (request) => tell(child, request),
    hear: (listener) => hear(child, listener),
  };
}
