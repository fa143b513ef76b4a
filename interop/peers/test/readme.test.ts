import { readFileSync } from "node:fs";
import { pageOf } from "@redsync/interop/examples";
import { describe, expect, it } from "vitest";
import { peers } from "../src/peers.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
const { dependencies } = JSON.parse(read("../package.json")) as { dependencies: Record<string, string> };
const [, go] = /redsync\/v4 v(\S+)/.exec(read("../../go/go.mod")) ?? [];
const [, python] = /^redis==(\S+)/m.exec(read("../../python/requirements.txt")) ?? [];

const readme = pageOf("README.md");
const rows = [...readme.matchAll(/^\| \[(.+)\]\((.+)\) \| (.+) \| (.+) \| (.+) \|$/gm)].map(
  ([, title, page, version, nodes, name]) => ({ title, page, version, nodes, name }),
);

describe("docs/migrating/README.md", () => {
  it("has a row for each library that is tested, as it is tested", () => {
    const tested = peers.map(({ title, page, dependency, nodes, prefix }) => ({
      title,
      page,
      version: dependencies[dependency]?.replace(/^npm:.*@/, ""),
      nodes: nodes.join(" and "),
      name: `\`${prefix}invoice:42\``,
    }));
    const name = "`invoice:42`";
    expect(rows).toEqual([
      ...tested,
      { title: "go-redsync", page: "go-redsync.md", version: go, nodes: "1 and 3", name },
      { title: "Python's `redis`, `Lock`", page: "python-redis.md", version: python, nodes: "1", name },
    ]);
  });

  it("says of all of them what a test has as its title", () => {
    const [, section = ""] = /\n## What is tested\n(.*?)\n## /s.exec(readme) ?? [];
    const said = [...section.matchAll(/^- (.+?)[;.]$/gm)].map(([, title = ""]) => title);
    const titles = [...read("exclusion.test.ts").matchAll(/\bit\("(.+?)"/g)];
    expect(said).toEqual(titles.map(([, title]) => title));
  });
});
