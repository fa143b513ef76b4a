import { spawnSync } from "node:child_process";

const works = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

/** Sees to it that the suites have a redis-server, and says which. */
export function ensureRedisServer(): string {
  const named = process.env.REDIS_SERVER;
  if (named !== undefined && named !== "") {
    if (works(named)) return named;
    throw new Error(`REDIS_SERVER names ${named}, which does not run`);
  }
  if (works("redis-server")) return "redis-server";
  if (process.platform === "linux" && process.getuid?.() === 0 && works("apt-get")) {
    console.log("No redis-server found: installing Debian's");
    run("apt-get", ["update", "-q"]);
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "redis-server"]);
    if (works("redis-server")) return "redis-server";
  }
  throw new Error(
    "No redis-server found. Install one (Debian: apt-get install redis-server, macOS: brew install redis), " +
      "or let REDIS_SERVER name the binary of a redis-server or valkey-server.",
  );
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
}
