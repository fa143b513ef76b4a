import { statSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { root, routes } from "./pages.ts";

export const repository = "https://github.com/redsync/redsync-js";

/** What the repository's pages are called by where they are shown on GitHub alone. */
const onGitHub = new RegExp(`^${repository}/(?:blob|tree)/main/`);

/** Where a link of a file leads on the site: to a page of it, or to the repository. Throws if nothing is there. */
function hrefOf(href: string, file: string): string {
  if (!onGitHub.test(href) && /^(?:[a-z]+:|#|\/)/i.test(href)) return href;
  const [path = "", hash] = href.split("#");
  const fragment = hash === undefined ? "" : `#${hash}`;
  const target = onGitHub.test(path) ? path.replace(onGitHub, "") : posix.join(posix.dirname(file), path);
  const route = routes.get(target) ?? routes.get(posix.join(target, "README.md"));
  if (route !== undefined) return `/${route}${fragment}`;
  const found = statSync(join(root, target), { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`${file} links to ${href}, and there is no ${target}`);
  return `${repository}/${found.isDirectory() ? "tree" : "blob"}/main/${target}${fragment}`;
}

/** Has links between files of the repository work on the site as they do on GitHub. */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === "link_open");
    for (const link of links) {
      const file = relative(root, env.realPath ?? env.path).replaceAll(sep, "/");
      link.attrSet("href", hrefOf(link.attrGet("href") ?? "", file));
    }
  });
}
