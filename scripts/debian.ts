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

/** Installs one of Debian's packages; throws with what apt-get says where that fails. */
export function install(name: string): void {
  if (!isUpdated) run("apt-get", ["update", "-q"]);
  isUpdated = true;
  run("apt-get", ["install", "-y", "-q", "--no-install-recommends", name]);
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}
