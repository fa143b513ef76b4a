#!/usr/bin/env node
import { CommanderError } from "commander";
import { endWithReader, note } from "./output.ts";
import { program } from "./program.ts";
import { Failure, status } from "./status.ts";

/** The exit status of an error, after one line about it. */
function statusOf(error: unknown): number {
  // It has said what is wrong, or shown its help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? status.done : status.usage;
  if (error instanceof Failure) note(error.message);
  else console.error(error);
  return error instanceof Failure ? error.status : status.internal;
}

endWithReader();
try {
  await program((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}
