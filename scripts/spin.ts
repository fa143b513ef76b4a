import { spawnSync } from "node:child_process";
import { canInstall, installIfPossible, works } from "./debian.ts";

const hasSpin = () => spawnSync("spin", ["-V"]).status === 0;

/** Sees to it that the models can be checked, and says by what. Where they cannot, their tests are skipped, and say why. */
export function ensureSpin(): string {
  if (canInstall()) {
    if (!hasSpin()) {
      console.log("No spin found: installing Debian's");
      installIfPossible("spin");
    }
    if (!works("gcc")) {
      console.log("No gcc found: installing Debian's");
      for (const name of ["gcc", "libc6-dev"]) installIfPossible(name);
    }
  }
  return hasSpin() && works("gcc") ? "spin" : "none (Debian: apt-get install spin gcc libc6-dev)";
}
