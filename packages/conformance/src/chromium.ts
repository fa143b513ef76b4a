import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { chromiumPaths } from "./chromium-paths.ts";

export type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** The browser that there is: what CHROMIUM names, or Debian's. */
const executablePath = process.env.CHROMIUM || chromiumPaths.find((path) => existsSync(path));

/** Why there is no browser; empty where there is one. A CHROMIUM that names nothing is a failure, not a reason. */
export const lacksBrowser: string =
  executablePath === undefined ? "there is no Chromium: install Debian's, or let CHROMIUM name a binary" : "";

/** For what hangs, in ms: on a busy machine a page may take longer than the 30 s that Playwright allows. A test's own limit is longer. */
const TIMEOUT_MS = 120_000;

/** Starts it, with an empty profile. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    timeout: TIMEOUT_MS,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of its own, that knows of no other. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(TIMEOUT_MS);
  return page;
}
