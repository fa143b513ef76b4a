import {
  type Browser,
  type BrowserContextOptions,
  lacksBrowser,
  openPage,
  startBrowser,
} from "@redsync/conformance/chromium";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../.vitepress/pages.ts";
import { type Served, serveSite } from "./serve.ts";

/** What Chromium warns of where a machine is slow. (And where a page never uses what it preloads, which is not looked for.) */
const SLOWNESS = /was preloaded using link preload but not used within a few seconds/;

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

const htmlOf = (route: string) => `/${route.replace(/\.md$/, ".html")}`;
/** All that is written by hand. */
const guide = [...routes.values()].filter((route) => !route.startsWith("api/")).map(htmlOf);
/** One of each kind: home, prose and code, tables, footnotes, the reference. */
const main = [
  "/",
  ...["first-lock", "runtimes", "guarantees"].map((page) => `/docs/${page}.html`),
  "/api/index.html",
  "/playground.html",
];

describe.skipIf(lacksBrowser !== "")(`a browser${lacksBrowser && ` (not here: ${lacksBrowser})`}`, () => {
  let site: Served;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([serveSite(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  /** A page, what went wrong on it, and how it goes to one of the site, until Vue has taken it over. */
  async function open(options: BrowserContextOptions) {
    const page = await openPage(browser, options);
    const faults: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !SLOWNESS.test(message.text()))
        faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url)) faults.push(`asks ${request.url()}`);
    });
    const goTo = async (path: string) => {
      await page.goto(site.url + path);
      await page.waitForFunction("document.querySelector('#app').__vue_app__ !== undefined");
    };
    return { page, faults, goTo };
  }

  it("knows every page", () => expect(guide.length).toBeGreaterThan(20));

  describe("every page fits a phone and a desktop, without an error, and asks no other host", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      opened = await open({});
    });

    it.each([...new Set([...guide, ...main])])("%s", async (path) => {
      const { page, faults, goTo } = opened;
      // What the page before left, if its test failed.
      faults.length = 0;
      await goTo(path);
      for (const viewport of [phone, desktop]) {
        await page.setViewportSize(viewport);
        const width = () => page.evaluate("document.documentElement.scrollWidth");
        await expect.poll(width).toBe(viewport.width);
      }
      expect(faults).toEqual([]);
    });
  });

  const circumstances = (["light", "dark"] as const).flatMap((colorScheme) =>
    [phone, desktop].map((viewport) => ({ colorScheme, viewport, width: viewport.width })),
  );
  it.each(circumstances)(
    "nothing keeps anybody out, in the $colorScheme, at $width",
    async (circumstance) => {
      const { page, goTo } = await open(circumstance);
      for (const path of main) {
        await goTo(path);
        await page.evaluate(axe.source);
        const violations = await page.evaluate(
          "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))",
        );
        expect(violations, path).toEqual([]);
      }
    },
  );

  it("the search finds the page about fencing", async () => {
    const { page, faults, goTo } = await open({ viewport: desktop });
    await goTo("/");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("fencing");
    await page.getByRole("option", { name: "Fencing", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: /^Fencing/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs/fencing.html");
    expect(faults).toEqual([]);
  });
});
