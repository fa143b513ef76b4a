/** Prints to stdout. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Prints beside the result. */
export const note = (text: string): void => void process.stderr.write(`redsync-codemod: ${text}\n`);

/** Ends with a reader that has gone (`| head`), as if by SIGPIPE. Whatever was to be written has been by then. */
export function endWithReader(): void {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 141 : 70));
}

/** Shows how far it has come, in a terminal. */
export function progress(done: number, all: number): void {
  if (!process.stderr.isTTY || all < 50) return;
  const isOver = done === all;
  if (isOver || done % 20 === 0) process.stderr.write(`\r${isOver ? "\x1b[K" : `${done} of ${all} files`}`);
}
