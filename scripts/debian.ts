import { spawnSync } from "node:child_process";

/** Whether a program is there and runs. */
export function works(command: string): boolean {
  return spawnSync(command, ["--version"]).status === 0;
}

/** Whether this process may install Debian's packages. */
export function canInstall(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0 && works("apt-get");
}

/** Whether apt-get knows which packages there are today: once is enough for all that is installed. */
let isUpdated = false;

/** Installs what some tests need. If that fails they are skipped, and it is said why. Returns whether it worked. */
export function installIfPossible(name: string): boolean {
  try {
    install(name);
    return true;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return false;
  }
}

/** Installs one of Debian's packages; throws with what apt-get says if that fails. */
export function install(name: string): void {
  if (!isUpdated) run("apt-get", ["update", "-q"]);
  isUpdated = true;
  // Another program may be installing something.
  const options = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"];
  run("apt-get", ["install", ...options, name]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}
