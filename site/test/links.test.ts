import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "node-html-parser";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const site = "http://site";

/** The places and the links of every page, by its address. */
const pages = new Map(
  globSync("**/*.html", { cwd: dist }).map((file) => {
    const html = parse(readFileSync(join(dist, file), "utf8"));
    const ids = new Set(html.querySelectorAll("[id]").map(({ id }) => id));
    const links = html.querySelectorAll("a[href]").map((link) => link.getAttribute("href") ?? "");
    return [`${site}/${file.replaceAll("\\", "/")}`, { ids, links }];
  }),
);

/** Whether a link leads to a file of the site and, with a fragment, to a place on that page. */
function isThere({ pathname, hash }: URL): boolean {
  const file = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
  if (hash === "") return existsSync(join(dist, decodeURI(file)));
  return pages.get(site + decodeURI(file))?.ids.has(decodeURIComponent(hash.slice(1))) ?? false;
}

it("every link inside of the site leads somewhere, also to a place on a page", () => {
  const links = [...pages].flatMap(([page, { links }]) =>
    links.map((link) => ({ page, link, url: new URL(link, page) })).filter(({ url }) => url.origin === site),
  );
  expect(links.filter(({ url }) => url.hash !== "").length).toBeGreaterThan(100);
  const broken = links.filter(({ url }) => !isThere(url)).map(({ page, link }) => `${page} -> ${link}`);
  expect([...new Set(broken)]).toEqual([]);
});
