import { startServer } from "@redsync/conformance/servers";
import { scripts } from "@redsync/core";
import { expect, it } from "vitest";

it("the scripts' digests equal SCRIPT LOAD's reply", async () => {
  await using server = await startServer();
  for (const { lua, sha1 } of Object.values(scripts))
    expect(await server.command("SCRIPT", "LOAD", lua)).toBe(sha1);
  expect(Object.keys(scripts)).toEqual(["acquire", "extend", "release", "verify"]);
});
