import { startServer } from "@redsync/conformance/servers";
import { startUpstash } from "@redsync/upstash-server";
import { it } from "vitest";
import { type Deployed, deploy } from "./deployed.ts";

/**
 * Buys, and comes back where it is told to, or that nothing was sold: a crowd may be too much for the database, too. Each time later than
 * before, so that any machine gets a crowd that it can serve.
 */
async function buy(shop: Deployed, pause = 1_000): Promise<Response> {
  const answer = await shop.ask("/buy", { method: "POST" });
  const { message } = (await answer.clone().json()) as { message: string };
  if (answer.status !== 503 && !message.includes("Nothing was sold")) return answer;
  await new Promise((resolve) => setTimeout(resolve, pause * (1 + Math.random())));
  return buy(shop, 2 * pause);
}

/** A crowd takes its time on a busy machine: only what hangs takes as long as this. */
const timeout = 20 * 60_000;

it.concurrent("hundreds who buy at once get every ticket once, and not one too many", { timeout }, async ({
  expect,
}) => {
  await using redis = await startServer();
  await using upstash = await startUpstash({ redis });
  await using shop = await deploy(upstash);
  const answers = await Promise.all(Array.from({ length: 300 }, () => buy(shop)));
  const sold = answers.filter(({ status }) => status === 201);
  const sales = (await Promise.all(sold.map((answer) => answer.json()))) as { ticket: number }[];
  const tickets = sales.map(({ ticket }) => ticket).sort((a, b) => a - b);
  expect(tickets).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(200);
  expect(await (await shop.ask("/")).json()).toMatchObject({ left: 0, of: 100 });
  await expect.poll(() => redis.command("EXISTS", "shop:lock")).toBe(0);
  expect(shop.log.join()).not.toContain("different request");
});

it.concurrent("who waits too long for others is told so by 503, and when to come back", async ({
  expect,
}) => {
  await using redis = await startServer();
  await using upstash = await startUpstash({ redis });
  await using shop = await deploy(upstash);
  await redis.command("SET", "shop:lock", "somebody-else");
  const answer = await shop.ask("/buy", { method: "POST" });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(await answer.json()).toMatchObject({ message: expect.stringContaining("Try again"), left: 100 });
  expect(await redis.command("GET", "shop:lock")).toBe("somebody-else");
});

it.concurrent("who waits while the last ticket goes is told that all are sold", async ({ expect }) => {
  await using redis = await startServer();
  await using upstash = await startUpstash({ redis });
  await using shop = await deploy(upstash, { STOCK: "1" });
  await redis.command("SET", "shop:lock", "somebody-else");
  const answer = shop.ask("/buy", { method: "POST" });
  // It has seen that there is one, and found the lock taken.
  await expect
    .poll(() => redis.command("INFO", "commandstats"), { interval: 10 })
    .toMatch(/cmdstat_eval:calls/);
  await redis.command("SET", "shop", JSON.stringify({ sold: 1, recent: [] }));
  expect((await answer).status).toBe(409);
});
