import { readFileSync } from "node:fs";
import { canInstall, install, works } from "./debian.ts";

const DEBIANS = "/usr/bin/chromium";

/** Sees to it that the suites have a Chromium, and says which. Where it cannot, the tests in it are skipped, and say why. */
export function ensureChromium(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (works(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which does not run`);
  }
  if (!works(DEBIANS) && isDebian() && canInstall()) {
    console.log("No Chromium found: installing Debian's");
    install("chromium");
    if (!works(DEBIANS)) throw new Error(`Debian's chromium is installed, and ${DEBIANS} does not run`);
  }
  return works(DEBIANS) ? DEBIANS : "none (let CHROMIUM name a binary)";
}

/** Others have a package of that name which is no browser. */
function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}
