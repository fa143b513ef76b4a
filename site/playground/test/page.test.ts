import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContextOptions,
  lacksBrowser,
  openPage,
  type Page,
  startBrowser,
} from "@redsync/conformance/chromium";
import axe from "axe-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fromHash, toHash } from "../src/engine/link.ts";
import { play } from "../src/engine/play.ts";
import { scenes } from "../src/engine/scenes.ts";
import { defaultSetting } from "../src/engine/setting.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1_280, height: 900 };

/** What the page says at the end of each scene, beside much else. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  pause: [
    "is paused, after it has looked at its lock and before its write leaves, for 3 s",
    "has its signal aborted",
    "writes 1: refused, somebody with a larger token was here",
  ],
  clock: [
    "the clock of node 2 jumps ahead by 3 s",
    "writes 1: refused, somebody with a larger token was here",
  ],
  failover: [
    "node 1 fails over to a replica that has not heard of the last writes",
    "writes 1: refused, somebody with a larger token was here",
  ],
  restart: [
    "node 2 restarts empty",
    "gives its lock to node 2 again, which had forgotten it",
    "writes 3: accepted",
  ],
  split: ["task A and node 2 reach each other again", "writes 3: accepted"],
  crowd: ["writes 8: accepted"],
};

describe.skipIf(lacksBrowser !== "")(`a browser${lacksBrowser && ` (not here: ${lacksBrowser})`}`, () => {
  let server: PreviewServer;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    await build({ root, logLevel: "warn" });
    server = await preview({ root, preview: { host: "127.0.0.1", port: 0 } });
    url = server.resolvedUrls?.local[0] ?? "";
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The page, of which nothing may complain, and which asks nobody else. */
  async function open(options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    const page = await openPage(browser, { viewport: DESKTOP, ...options });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
        complaints.push(request.url());
    });
    onTestFinished(async () => {
      await page.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(url + hash);
    await page.getByRole("table").waitFor();
    return page;
  }

  const present = (page: Page) => page.getByLabel("Time of the run").inputValue().then(Number);
  const texts = (page: Page) => page.getByRole("cell").allTextContents();

  it("tells each scene", async () => {
    const page = await open();
    const verdict = page.getByRole("list", { name: "What the whole run comes to" });
    for (const { name, title, sentence } of scenes) {
      await page.getByRole("button", { name: title, exact: true }).click();
      await expect.poll(() => page.getByText(sentence).isVisible()).toBe(true);
      for (const text of TOLD[name] ?? [])
        await expect.poll(() => texts(page), { message: title }).toContain(text);
      const breaks = name === "clock" || name === "failover";
      await expect
        .poll(() => verdict.textContent(), { message: title })
        .toContain(breaks ? "Two tasks had a valid lock at once" : "No two tasks had a valid lock at once");
    }
  });

  it("plays what Node plays", async () => {
    const setting = { ...defaultSetting, seed: 5, tasks: 6, loss: 10, waiting: "mixed" } as const;
    const page = await open({}, toHash(setting));
    await page.getByLabel("Every attempt and extension").check();
    const { happenings } = await play(setting);
    const told = happenings.map(({ text }) => text);
    expect(told.length).toBeGreaterThan(50);
    await expect.poll(() => page.locator("td:last-child").allTextContents()).toEqual(told);
  });

  it("lets the late write in without fencing", async () => {
    const page = await open();
    await page.getByLabel("Fencing tokens").uncheck();
    await expect.poll(() => page.getByText("1 update of 2 got lost").isVisible()).toBe(true);
    const writes = (await texts(page)).filter((text) => text.startsWith("writes"));
    expect(writes).toEqual(["writes 1: accepted", "writes 1: accepted"]);
  });

  it("steps from one change to the next, and back, by the keyboard", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Step", exact: true }).focus();
    const times: number[] = [];
    for (let step = 0; step < 12; step++) {
      await page.keyboard.press("Enter");
      times.push(await present(page));
    }
    expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
    await expect.poll(() => page.getByRole("status").first().textContent()).toMatch(/s: task [AB] /);
    await page.getByRole("button", { name: "Step back" }).focus();
    await page.keyboard.press("Enter");
    expect(await present(page)).toBeLessThan(times.at(-1) as number);
  });

  it("plays, slower if asked to, and stops", async () => {
    const page = await open();
    await page.getByRole("button", { name: "A failover forgets" }).click();
    await page.getByLabel("Speed").selectOption("20 times slower");
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => present(page)).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const stopped = await present(page);
    await page.waitForTimeout(100);
    expect(await present(page)).toBe(stopped);
    await page.getByLabel("Speed").selectOption("real time");
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => page.getByRole("button", { name: "Play" }).isVisible()).toBe(true);
    expect(await page.locator("tr.future").count()).toBe(0);
  });

  it("plays without motion for who wants none: from one row of the table to the next", async () => {
    const page = await open({ reducedMotion: "reduce" });
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(() => present(page)).toBeGreaterThan(0);
    const shown = await present(page);
    const times = (await texts(page)).filter((text) => /^[\d.]+ s$/.test(text.trim()));
    expect(times.map((time) => Math.round(Number.parseFloat(time) * 100))).toContain(Math.round(shown / 10));
  });

  it("does to a node and a task what is asked for, at that time, and takes it back", async () => {
    const page = await open();
    await page.getByLabel("Time of the run").fill("500");
    await page
      .getByRole("group", { name: "What befalls node 1" })
      .getByRole("button", { name: "Stop" })
      .click();
    await expect.poll(() => texts(page)).toContain("node 1 stops");
    await expect.poll(() => page.getByRole("button", { name: "Start", exact: true }).isVisible()).toBe(true);
    expect(await present(page)).toBe(500);
    await page.getByRole("button", { name: "Pause 3 s, task B", exact: true }).click();
    await expect.poll(() => texts(page)).toContain("is paused, for 3 s");
    await page.getByRole("button", { name: "Remove: node 1 stops" }).click();
    await expect.poll(() => texts(page)).not.toContain("node 1 stops");
  });

  it("cuts a task off from a node, and heals it, at the time shown", async () => {
    const page = await open();
    const cuts = page.getByRole("group", { name: "Cut task B off from" });
    const cut = cuts.getByRole("button", { name: "Cut task B off from node 2" });
    const time = page.getByLabel("Time of the run");
    const isCut = () => cut.getAttribute("aria-pressed");
    expect(await cuts.getByRole("button").allTextContents()).toEqual(["node 1", "node 2", "node 3"]);
    await time.fill("500");
    expect(await isCut()).toBe("false");
    await cut.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => texts(page)).toContain("task B and node 2 cannot reach each other");
    await expect.poll(isCut).toBe("true");
    expect(await page.getByRole("button", { name: /^Cut task/, pressed: true }).count()).toBe(1);
    await time.fill("800");
    await cut.press("Space");
    await expect.poll(() => texts(page)).toContain("task B and node 2 reach each other again");
    for (const [at, pressed] of [
      ["499", "false"],
      ["500", "true"],
      ["799", "true"],
      ["800", "false"],
    ] as const) {
      await time.fill(at);
      await expect.poll(isCut, { message: at }).toBe(pressed);
    }
    expect(fromHash(new URL(page.url()).hash)?.faults.slice(1)).toEqual([
      { at: 500, what: "cut", task: 1, node: 1 },
      { at: 800, what: "heal", task: 1, node: 1 },
    ]);
  });

  it("shows at once what is done between two milliseconds, and leaves what was shown before", async () => {
    const page = await open();
    for (const [node, at, moment] of [
      [1, "500.6", 501],
      [2, "1000.2", 1_001],
    ] as const) {
      await page.getByLabel("Time of the run").fill(at);
      const actions = page.getByRole("group", { name: `What befalls node ${node}` });
      await actions.getByRole("button", { name: "Stop" }).click();
      await expect.poll(() => present(page)).toBe(moment);
      const { faults } = fromHash(new URL(page.url()).hash) ?? defaultSetting;
      expect(faults.at(-1)).toMatchObject({ what: "stop", at: moment });
    }
    await expect.poll(() => page.getByText("stopped").count()).toBe(2);
  });

  it("takes VitePress' brand colour for what is pressed and played", async () => {
    const page = await open();
    await page.addStyleTag({ content: ":root { --vp-c-brand-1: rgb(1, 2, 3); }" });
    for (const button of [".main", "[aria-pressed=true]"]) {
      const colour = await page.evaluate(
        `getComputedStyle(document.querySelector("button${button}")).backgroundColor`,
      );
      expect(colour, button).toBe("rgb(1, 2, 3)");
    }
  });

  it("says how those that poll do it", async () => {
    const page = await open();
    const waiting = page.getByLabel("They wait");
    const hint = page.locator("#playground-waiting");
    const polls = "A task that polls asks again every 100 to 300 ms, as redlock does by default.";
    expect(await waiting.getAttribute("aria-describedby")).toBe("playground-waiting");
    for (const [choice, said] of [
      ["polling, like redlock", polls],
      ["every second one polls", polls],
      ["in order of arrival", "The nodes keep a queue, and call whose turn it is."],
    ] as const) {
      await waiting.selectOption(choice);
      await expect.poll(() => hint.textContent(), { message: choice }).toBe(said);
    }
  });

  it("has a link that carries the setting", async () => {
    const page = await open();
    await page.getByRole("button", { name: "A crowd" }).click();
    await page.getByRole("combobox", { name: "Nodes", exact: true }).selectOption("5");
    await page.getByLabel("They wait").selectOption("every second one polls");
    await page.getByLabel("Seed").fill("77");
    await page.getByLabel("Seed").blur();
    await expect
      .poll(() => fromHash(new URL(page.url()).hash))
      .toMatchObject({ nodes: 5, waiting: "mixed", seed: 77 });
    const other = await open({}, new URL(page.url()).hash);
    const told = await texts(other);
    await expect.poll(() => texts(page)).toEqual(told);
    expect(await other.getByLabel("Seed").inputValue()).toBe("77");
  });

  it.each([PHONE, DESKTOP])("fits a width of $width", async (viewport) => {
    const page = await open({ viewport });
    for (const { title } of scenes) {
      await page.getByRole("button", { name: title, exact: true }).click();
      const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(wider, title).toBeLessThanOrEqual(0);
    }
  });

  it.each(["light", "dark"] as const)(
    "finds nothing that keeps anybody out, in the %s",
    async (colorScheme) => {
      const page = await open({ colorScheme });
      await page.evaluate(axe.source);
      for (const title of ["A pause past the expiry", "A crowd"]) {
        await page.getByRole("button", { name: title, exact: true }).click();
        // What is shown is the scene before, until this one has been played: its task is cut off there, and would be healed.
        await expect
          .poll(() => page.getByRole("button", { name: /^Cut task/, pressed: true }).count())
          .toBe(0);
        await page.getByRole("button", { name: "Stop" }).first().click();
        await page.getByRole("button", { name: "Cut task A off from node 1" }).click();
        await page.getByLabel("Time of the run").fill("900");
        await page.getByRole("button", { name: /^Cut task/, pressed: true }).hover();
        await expect.poll(() => page.getByText("stopped").isVisible()).toBe(true);
        const violations = await page.evaluate(
          "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))",
        );
        expect(violations, title).toEqual([]);
      }
    },
  );
});
