import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { slug } from "github-slugger";
import footnote from "markdown-it-footnote";
import { type DefaultTheme, defineConfig } from "vitepress";
import { emptyHeaders } from "./empty-headers.ts";
import { otherFiles, routes, sidebar } from "./pages.ts";
import { repository, repositoryLinks } from "./repository-links.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The sidebar that typedoc has written: packages fold, the kinds of things in them do not. */
const api: DefaultTheme.SidebarItem[] = JSON.parse(
  readFileSync(here("../api/typedoc-sidebar.json"), "utf8"),
  (_, item) => (item.collapsed && item.link === undefined ? { ...item, collapsed: undefined } : item),
);

export default defineConfig({
  lang: "en",
  title: "redsync",
  description: "The distributed lock that every JavaScript runtime can share",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/favicon.svg" }]],

  // The pages are the repository's own files, where they are.
  srcDir: "..",
  srcExclude: [...otherFiles],
  rewrites: (file) => routes.get(file) ?? file,
  outDir: "dist",
  cacheDir: "node_modules/.cache/vitepress",
  vite: {
    publicDir: here("../public"),
    // The index of the search, which is loaded when somebody searches.
    build: { chunkSizeWarningLimit: 1_000 },
    // The playground is built of the sources of core.
    resolve: { conditions: ["@redsync/source"] },
    plugins: [
      {
        // Pages become components of Vue, which is a dependency of this package, and most of them are outside of it.
        name: "vue-of-pages",
        enforce: "pre",
        resolveId(source, importer, options) {
          if (!importer?.endsWith(".md") || !/^vue(?:\/|$)/.test(source)) return;
          return this.resolve(source, here("config.ts"), { ...options, skipSelf: true });
        },
      },
    ],
  },

  markdown: {
    // What the files say is what GitHub makes of it: its anchors, its footnotes, and no syntax for attributes.
    attrs: { disable: true },
    anchor: { slugify: (text) => slug(text) },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => {
      md.use(footnote).use(repositoryLinks).use(emptyHeaders);
    },
  },

  transformPageData: ({ filePath }) =>
    filePath.startsWith("site/api/") ? { frontmatter: { editLink: false } } : {},

  themeConfig: {
    logo: "/favicon.svg",
    nav: [
      { text: "Guide", link: "/docs/first-lock", activeMatch: "^/(docs|packages|overview)" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
      { text: "Playground", link: "/playground" },
      { text: "GitHub", link: repository },
    ],
    sidebar: { "/api/": api, "/": sidebar },
    outline: [2, 3],
    search: {
      provider: "local",
      // The guide before the reference.
      options: {
        miniSearch: { searchOptions: { boostDocument: (id) => (id.startsWith("/api/") ? 0.2 : 1) } },
      },
    },
    editLink: { pattern: `${repository}/edit/main/:path`, text: "Change this page on GitHub" },
  },
});
