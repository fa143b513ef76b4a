import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { startServices } from "./services.ts";

const services = await startServices();
const program = join(inject("folder"), "node_modules/.bin/redsync");

it("the installed redsync runs a command under a lock", async () => {
  const env = { ...process.env, REDIS_URLS: services.REDIS_URL };
  const words = ["run", "consumer", "--fencing", "--", "sh", "-c", 'echo "$REDSYNC_NAME $REDSYNC_TOKEN"'];
  const { stdout, stderr } = await promisify(execFile)(program, words, { env });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^consumer \d{16}\n$/);
});
