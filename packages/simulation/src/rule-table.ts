import { mutations } from "./mutations.ts";
import { makeRules } from "./rules.ts";

/** Every rule, the file that it is in, and the mutations of which it must be seen to break. */
export function ruleTable(): string {
  const rows = makeRules().map(({ name }) => {
    const titles = mutations.filter(({ rules }) => rules.includes(name)).map(({ title }) => title);
    return `| ${name} | [${fileOf(name)}](src/rules/${fileOf(name)}) | ${titles.join("<br>")} |`;
  });
  return ["| rule | file | mutations that break it |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The file below `rules/` that a rule must be in. */
export function fileOf(name: string): string {
  return `${name.toLowerCase().replaceAll("'", "").replaceAll(" ", "-")}.ts`;
}
