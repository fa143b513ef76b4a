#!/usr/bin/env node
import { CommanderError } from "commander";
import { endWithReader, note } from "./output.ts";
import { program } from "./program.ts";
import { messageOf } from "./secrets.ts";
import { Failure, status } from "./status.ts";

/** The exit status of an error, after one line about it. */
async function statusOf(error: unknown): Promise<number> {
  // It has said what is wrong, or shown its help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? status.done : status.usage;
  await note(messageOf(error));
  return error instanceof Failure ? error.status : status.internal;
}

endWithReader();
// Only the message: an error of a client has the whole command in it, with the value of a lock.
process.on("uncaughtException", (error) => void statusOf(error).then((code) => process.exit(code)));
let exitStatus: number = status.done;
try {
  await program((code) => {
    exitStatus = code;
  }).parseAsync();
} catch (error) {
  exitStatus = await statusOf(error);
}
// What still connects anew, or waits, must not keep it alive.
process.exit(exitStatus);
