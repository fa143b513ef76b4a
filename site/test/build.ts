import { execFileSync } from "node:child_process";

/** Builds the site, as `pnpm site` does. */
export function setup(): void {
  execFileSync("pnpm", ["run", "site"], { stdio: ["ignore", "ignore", "inherit"] });
}
