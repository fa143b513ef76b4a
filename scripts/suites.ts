import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A suite: a workspace package that has a `test` script, which leaves its report in `junit.xml`. */
export interface Suite {
  readonly package: string;
  /** The package's folder. */
  readonly folder: string;
  /** What `pnpm test:<group>` calls it by. */
  readonly group: string;
  /** What must be on the machine, or its tests are skipped. */
  readonly needs: readonly Need[];
}

export type Need = "chromium" | "spin";

/** The field `suite` of a package.json: what is not said is "node" and nothing. */
type Field = Partial<Pick<Suite, "group" | "needs">>;

interface Task {
  readonly task: string;
  readonly package: string;
  readonly command: string;
  readonly directory: string;
}

/** What turbo says of a package that has no script of that name. */
const NO_SCRIPT = "<NONEXISTENT>";

/** Every suite that turbo finds in the workspace. */
export function findSuites(root: string): Suite[] {
  const { status, stdout, stderr, error } = spawnSync("turbo", ["run", "test", "--dry=json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new Error(`turbo does not say which suites there are: ${error?.message ?? `${stdout}${stderr}`}`);
  const { tasks } = JSON.parse(stdout) as { tasks: readonly Task[] };
  return tasks
    .filter(({ task, command }) => task === "test" && command !== NO_SCRIPT)
    .map((task) => suiteOf(task.package, join(root, task.directory)));
}

function suiteOf(name: string, folder: string): Suite {
  const { suite = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { suite?: Field };
  return { package: name, folder, group: suite.group ?? "node", needs: suite.needs ?? [] };
}

/** The suites of these groups, or with these names; throws if a word is neither. */
export function choose(suites: readonly Suite[], words: readonly string[]): Suite[] {
  const isMeant = (suite: Suite, word: string) => suite.group === word || suite.package === word;
  for (const word of words) {
    if (suites.some((suite) => isMeant(suite, word))) continue;
    const groups = [...new Set(suites.map(({ group }) => group))].sort().join(", ");
    throw new Error(`"${word}" is neither a group of suites (${groups}) nor a package with a test script`);
  }
  return suites.filter((suite) => words.some((word) => isMeant(suite, word)));
}
