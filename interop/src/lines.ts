import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** Hears what a process says on its standard output: a value in JSON on each line. */
export function hear<T>(child: ChildProcess, listener: (said: T) => void): void {
  if (child.stdout === null) throw new TypeError("the process needs a pipe for its standard output");
  createInterface({ input: child.stdout }).on("line", (line) => listener(JSON.parse(line) as T));
}

/** Tells a process something on its standard input, a line as `hear` hears them; nothing where it has ended. */
export function tell(child: ChildProcess, what: unknown): void {
  if (child.stdin?.writable) child.stdin.write(`${JSON.stringify(what)}\n`);
}
