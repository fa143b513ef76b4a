import { startServer } from "@redsync/conformance/servers";
import { script } from "@redsync/core";
import { expect, it } from "vitest";

it("the script's digest equals SCRIPT LOAD's reply", async () => {
  await using server = await startServer();
  expect(await server.command("SCRIPT", "LOAD", script.lua)).toBe(script.sha1);
});
