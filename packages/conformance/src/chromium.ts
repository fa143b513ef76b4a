import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** The browser that there is: what CHROMIUM names, or Debian's. */
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";

/** Why there is no browser; empty where there is one. A CHROMIUM that names nothing is a failure, not a reason. */
export const lacksBrowser: string =
  process.env.CHROMIUM || existsSync(executablePath)
    ? ""
    : "there is no Chromium: install Debian's, or let CHROMIUM name a binary";

/** Starts it, with an empty profile. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
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
