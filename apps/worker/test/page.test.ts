import { type Browser, lacksBrowser, openPage, startBrowser } from "@redsync/conformance/chromium";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { startUpstash, type UpstashServer } from "@redsync/upstash-server";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployed, deploy } from "./deployed.ts";

describe.skipIf(lacksBrowser !== "")(`a browser${lacksBrowser && ` (not here: ${lacksBrowser})`}`, () => {
  let redis: RedisServer;
  let upstash: UpstashServer;
  let shop: Deployed;
  let browser: Browser;
  beforeAll(async () => {
    redis = await startServer();
    upstash = await startUpstash({ redis });
    [shop, browser] = await Promise.all([deploy(upstash, { STOCK: "2" }), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
    await upstash?.stop();
    await redis?.stop();
  });

  it("buys through the page, without script", async () => {
    const page = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(shop.url.href);
    expect(await page.title()).toBe("2 tickets left");
    await page.getByRole("button", { name: "Buy a ticket" }).click();
    expect(await page.getByRole("status").textContent()).toBe("Ticket 1 is yours.");
    expect(await page.getByRole("listitem").allTextContents()).toEqual([
      expect.stringMatching(/^Ticket 1 .* UTC$/),
    ]);
    await page.reload();
    expect(await page.getByRole("progressbar", { name: "Tickets left" }).getAttribute("value")).toBe("1");
    await page.getByRole("button", { name: "Buy a ticket" }).click();
    expect(await page.getByRole("button", { name: "Sold out" }).isDisabled()).toBe(true);
  });

  it.each(["light", "dark"] as const)(
    "finds nothing that keeps anybody out, in the %s",
    async (colorScheme) => {
      const page = await openPage(browser, { colorScheme });
      for (const path of ["/", "/?bought=1", "/nowhere"]) {
        await page.goto(new URL(path, shop.url).href);
        await page.evaluate(axe.source);
        const violations = await page.evaluate(
          "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id }) => id))",
        );
        expect(violations).toEqual([]);
      }
    },
  );
});
