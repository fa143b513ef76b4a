import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. Files are named by their paths in it. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

const find = (...patterns: readonly string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: (name) => basename(name) === "node_modules" }).sort();

/** The guide. */
const chapters: Readonly<Record<string, readonly string[]>> = {
  Start: ["README.md", "docs/first-lock.md", "docs/choosing-nodes.md"],
  "Using locks": [
    "docs/waiting.md",
    "docs/holding-and-losing.md",
    "docs/fencing.md",
    "docs/several-names.md",
    "docs/run-once.md",
    "docs/guarantees.md",
  ],
  "Running them": [
    "docs/production.md",
    "docs/errors.md",
    "docs/observability.md",
    "docs/runtimes.md",
    "docs/adapters.md",
  ],
  "Moving over": find("docs/migrating/*.md"),
};

const howItIsMade = [
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/model/README.md",
  "packages/simulation/README.md",
  "interop/README.md",
  "bench/README.md",
];

const listed = new Set([...Object.values(chapters).flat(), ...howItIsMade]);
const unlisted = (pattern: string): string[] => find(pattern).filter((file) => !listed.has(file));

/** Everything in the sidebar, in its order, by heading. What is new in docs/ and in no chapter yet is under "More". */
const groups = Object.entries({
  ...chapters,
  More: unlisted("docs/*.md"),
  Packages: unlisted("packages/*/README.md"),
  "How it is made": howItIsMade,
}).filter(([, files]) => files.length > 0);

/** Where a file is on the site: a README stands for its folder. */
function routeOf(file: string): string {
  if (file === "README.md") return "overview.md";
  return file.replace(/^site\//, "").replace(/\/README\.md$/, ".md");
}

/** The first heading of a page. */
function titleOf(file: string): string {
  if (file === "README.md") return "Overview";
  const [, title] = /^# (.+)$/m.exec(readFileSync(`${root}${file}`, "utf8")) ?? [];
  if (title === undefined) throw new Error(`${file} has no heading for the sidebar`);
  return title.replaceAll("`", "");
}

/** The files that are pages, each with its route. */
export const routes: ReadonlyMap<string, string> = new Map(
  [...groups.flatMap(([, files]) => files), ...find("site/*.md", "site/api/**/*.md")].map((file) => [
    file,
    routeOf(file),
  ]),
);

/** The Markdown files that are no pages. */
export const otherFiles: readonly string[] = find("**/*.md").filter((file) => !routes.has(file));

export const sidebar = groups.map(([text, files]) => ({
  text,
  items: files.map((file) => ({ text: titleOf(file), link: `/${routeOf(file)}` })),
}));
