import { readdirSync, readFileSync } from "node:fs";

/**
 * Whether all that is left of a process group is zombies, which can do nothing any more, and to which a signal can still be sent. They stay
 * where nobody asks how they ended: in a container without an init. Only Linux tells; elsewhere, and of what may not be seen, it is false.
 * Held by "ends with the command, though nobody reaps what it has started".
 */
export function areAllZombies(group: number): boolean {
  const members = processes().filter((one) => one.group === group);
  return members.length > 0 && members.every(({ isZombie }) => isZombie);
}

interface Process {
  readonly group: number;
  readonly isZombie: boolean;
}

function processes(): readonly Process[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => read(pid) ?? []);
  } catch {
    return [];
  }
}

/** By the line that proc_pid_stat(5) describes; undefined if it has gone. */
function read(pid: string): Process | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program is in parentheses, and may have any character.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const [state, , group] = fields;
    // One whose first thread has ended looks like a zombie while others work.
    return { group: Number(group), isZombie: state === "X" || (state === "Z" && fields[17] === "1") };
  } catch {
    return undefined;
  }
}
