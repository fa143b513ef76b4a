import { spawn } from "node:child_process";

/** Reads what never comes: the pipe is closed when its writer is gone, however it went. Then it ends the command. */
const SCRIPT = `
read -r dismissed && exit
kill -s TERM -- "$1"
while [ "$2" -gt 0 ] && kill -s 0 -- "$1"; do
  sleep 1
  set -- "$1" "$(($2 - 1))"
done
kill -s KILL -- "$1"
`;

/**
 * Has a command ended when this process is gone, by SIGKILL or a crash: nobody renews the lock any more, and the command must not go on
 * alone. `target` is a process, or a group of them if it is negative. Returns what dismisses the guard. On Windows there is none.
 */
export function guard(target: number, graceMs: number): () => void {
  if (process.platform === "win32") return () => {};
  const seconds = String(Math.ceil(graceMs / 1_000));
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "redsync-guard", String(target), seconds], {
    // Apart from the command and the terminal, whose signals are not for it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  // By a line: once the command has ended, its process id may be somebody else's.
  return () => void shell.stdin.end("dismissed\n");
}
