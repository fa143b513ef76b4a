import { expect, it } from "bun:test";
import { readFileSync } from "node:fs";
import { givenPorts } from "@redsync/conformance/given-servers";

const readme = readFileSync(new URL("../../../packages/bun/README.md", import.meta.url), "utf8");
const [, program = ""] = /<!-- example: bun -->\n```js\n(.*?)```/s.exec(readme) ?? [];

it("the program of @redsync/bun's README runs as it stands there", () => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "--eval", program], {
    cwd: new URL("..", import.meta.url).pathname,
    env: { ...process.env, REDIS_URL: `redis://127.0.0.1:${givenPorts()[0]}` },
  });
  expect(`${stderr}`).toBe("");
  expect(`${stdout}`).toBe("locked nightly-report\nreleased\n");
  expect(exitCode).toBe(0);
});
