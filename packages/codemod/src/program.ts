import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { type MigrateOptions, migrate } from "./migrate.ts";

const STATUSES = `
It changes files in place: commit first. Only files that use redlock are changed. node_modules, dist, build and coverage are left out.
What it cannot decide is marked with a comment, // TODO(redsync): …, and listed in the end.

Exit statuses: 0 nothing is left to do · 1 something is left to do by hand · 64 wrong arguments · 70 internal error

Examples:
  npx @redsync/codemod redlock src/
  npx @redsync/codemod redlock --dry src/ test/`;

/** The command line. `ends` is given the exit status. */
export function program(ends: (status: number) => void): Command {
  const all = new Command("redsync-codemod")
    .description("Rewrites users of other lock libraries to redsync.")
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError("(redsync-codemod --help says more)")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "redsync-codemod: ")) })
    .addHelpText("after", STATUSES);

  all
    .command("redlock <path...>")
    .description("Rewrites users of redlock 4 and 5 and of @sesamecare-oss/redlock, in files and folders")
    .option("--dry", "shows what would be changed, and changes nothing")
    .addHelpText("after", STATUSES)
    .action(async (paths: string[], options: MigrateOptions) => ends(await migrate(paths, options)));

  return all;
}
