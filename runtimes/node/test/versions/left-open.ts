// Run by left-open.test.ts with the built-in test runner: one test passes, one hits a limit, and a client is never closed.
import { before, describe, it } from "node:test";
import { GlideClient } from "@valkey/valkey-glide";

describe("a native client", () => {
  let client: GlideClient;
  before(async () => {
    const [host, port] = [process.env.REDIS_HOST, Number(process.env.REDIS_PORT)];
    client = await GlideClient.createClient({ addresses: [{ host: String(host), port }] });
  });
  it("answers", async () => {
    if ((await client.set("key", "value")) !== "OK") throw new Error("not stored");
  });
  it("waits for ever", { timeout: 200 }, async () => {
    await client.customCommand(["BLPOP", "nothing", "0"]);
  });
});
