import { readFileSync } from "node:fs";
import { chromiumPaths } from "@redsync/conformance/chromium-paths";
import { canInstall, install, works } from "./debian.ts";

const PACKAGE = "chromium-headless-shell";

/** Sees to it that the suites have a Chromium, and says which. Where it cannot, the tests in it are skipped, and say why. */
export function ensureChromium(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (works(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which does not run`);
  }
  const found = chromiumPaths.find(works);
  if (found !== undefined) return found;
  if (!isDebian() || !canInstall()) return "none (let CHROMIUM name a binary)";
  console.log("No Chromium found: installing Debian's");
  install(PACKAGE);
  const installed = chromiumPaths.find(works);
  if (installed === undefined) throw new Error(`Debian's ${PACKAGE} is installed, and does not run`);
  return installed;
}

/** Others have a package of that name which is no browser. */
function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
