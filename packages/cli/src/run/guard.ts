import { spawn } from "node:child_process";

/**
 * Reads whom to guard, and then what never comes: the pipe is closed when its writer is gone, however it went. Then it ends the command. The
 * second line dismisses it.
 */
const SCRIPT = `
read -r target seconds || exit
read -r dismissed && exit
kill -s TERM -- "$target"
while [ "$seconds" -gt 0 ] && kill -s 0 -- "$target"; do
  sleep 1
  seconds=$((seconds - 1))
done
kill -s KILL -- "$target"
`;

/** Ends a command when this process is gone. */
export interface Guard {
  /** From now on. `target` is a process, or a group of them if it is negative. */
  watch(target: number): void;
  /** Once the command has ended: its process id may be somebody else's. */
  dismiss(): void;
}

/**
 * Has a command ended when this process is gone, by SIGKILL or a crash: nobody renews the lock any more, and the command must not go on
 * alone. It is started before the command, to which it need only be told: a command that is there has its guard. On Windows there is none.
 */
export function startGuard(graceMs: number): Guard {
  if (process.platform === "win32") return { watch() {}, dismiss() {} };
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "redsync-guard"], {
    // Apart from the command and the terminal, whose signals are not for it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  return {
    watch: (target) => void shell.stdin.write(`${target} ${Math.ceil(graceMs / 1_000)}\n`),
    dismiss: () => void shell.stdin.end("dismissed\n"),
  };
}
