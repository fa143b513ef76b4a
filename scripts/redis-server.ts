import { canInstall, install, works } from "./debian.ts";

/** Sees to it that the suites have a redis-server, and says which. */
export function ensureRedisServer(): string {
  const named = process.env.REDIS_SERVER;
  if (named !== undefined && named !== "") {
    if (works(named)) return named;
    throw new Error(`REDIS_SERVER names ${named}, which does not run`);
  }
  if (works("redis-server")) return "redis-server";
  if (canInstall()) {
    console.log("No redis-server found: installing Debian's");
    install("redis-server");
    if (works("redis-server")) return "redis-server";
  }
  throw new Error(
    "No redis-server found. Install one (Debian: apt-get install redis-server, macOS: brew install redis), " +
      "or let REDIS_SERVER name the binary of a redis-server or valkey-server.",
  );
}
