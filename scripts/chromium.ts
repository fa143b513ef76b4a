import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { chromiumPaths } from "@redsync/conformance/chromium-paths";
import { canInstall, install, works } from "./debian.ts";

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
  const failures: unknown[] = [];
  for (const path of chromiumPaths) {
    try {
      // Each package has the name of its program. An old Debian has only the second one.
      install(basename(path));
      if (works(path)) return path;
      failures.push(new Error(`${path} is installed, and does not run`));
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `No Chromium could be installed:\n${failures.join("\n")}`);
}

/** Others have a package of that name which is no browser. */
function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
