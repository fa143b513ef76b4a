import { plain } from "./shown-text.ts";
import { bySignal } from "./status.ts";

const SIGPIPE = 13;

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  // An error is heard by the stream's own listener.
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

/** Prints a line of the result. */
export const say = (line: string): Promise<void> => write(process.stdout, `${line}\n`);

/** Prints a line beside the result. */
export const note = (line: string): Promise<void> => write(process.stderr, `redsync: ${line}\n`);

/** Prints an object as one line of JSON. */
export const sayJson = (value: unknown): Promise<void> => say(toJson(value));

/** Prints an object as one line of JSON beside the result, which belongs to the command that runs. */
export const noteJson = (value: unknown): Promise<void> => write(process.stderr, `${toJson(value)}\n`);

/** JSON has no Infinity: what has no end is null. */
function toJson(value: unknown): string {
  return plain(JSON.stringify(value, (_, each) => (each === Infinity ? null : each)));
}

/**
 * What becomes of a reader that has gone (`| head`): the program ends as if by SIGPIPE. Nobody misses what is said on stderr, and a command
 * that runs under a lock goes on.
 */
export function endWithReader(): void {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(bySignal(SIGPIPE));
    throw new Error("cannot write to stdout");
  });
  process.stderr.on("error", () => {});
}
