import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { chromiumPaths } from "@redsync/conformance/chromium-paths";
import { canInstall, installIfPossible, works } from "./debian.ts";

/** Sees to it that the suites have a Chromium, and says which. Where it cannot, the tests in it are skipped, and say why. */
export function ensureChromium(): string {
  const found = findChromium();
  // The suites use the one that was seen to run.
  if (found !== undefined) process.env.CHROMIUM = found;
  return found ?? "none (let CHROMIUM name a binary)";
}

function findChromium(): string | undefined {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (works(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which does not run`);
  }
  const found = chromiumPaths.find(works);
  if (found !== undefined) return found;
  if (!isDebian() || !canInstall()) return undefined;
  console.log("No Chromium found: installing Debian's");
  for (const path of chromiumPaths) {
    // Each package has the name of its program. An old Debian has only the second one.
    if (!installIfPossible(basename(path))) continue;
    if (works(path)) return path;
    console.log(`${path} is installed, and does not run`);
  }
  return undefined;
}

/** Others have a package of that name which is no browser. */
function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
