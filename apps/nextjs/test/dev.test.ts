import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openGate } from "@redsync/conformance/http-gate";
import { startServer } from "@redsync/conformance/servers";
import { expect, it, vi } from "vitest";
import { openWebsite, type Website } from "./website.ts";

const app = fileURLToPath(new URL("..", import.meta.url));

/** A copy that may be edited, below the app so that it finds what the app has installed. Its `pnpm start` is the dev server. */
async function copyApp() {
  const folder = await mkdtemp(`${app}dist/edited-`);
  for (const each of ["src", "next.config.ts", ".env"])
    await cp(`${app}${each}`, `${folder}/${each}`, { recursive: true });
  const { compilerOptions } = JSON.parse(await readFile(`${app}tsconfig.json`, "utf8"));
  await writeFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({ compilerOptions: { ...compilerOptions, strict: true } }),
  );
  await writeFile(
    `${folder}/package.json`,
    JSON.stringify({ type: "module", scripts: { start: "next dev" } }),
  );
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** The dev server is a process of its own, which only this ends. */
async function stop({ program }: Website): Promise<void> {
  program.signal("SIGTERM");
  await program.ended;
}

it("keeps its one client when the dev server loads the module again", async () => {
  await using redis = await startServer();
  await using provider = await openGate();
  vi.stubEnv("PAYMENTS_URL", provider.url);
  await using copy = await copyApp();
  const module = `${copy.folder}/src/node-shop.ts`;
  const source = await readFile(module, "utf8");
  const edit = (version: number) => writeFile(module, `${source}\nconsole.log("version ${version}");\n`);
  await edit(1);
  await using website = await openWebsite(redis.url, pathToFileURL(`${copy.folder}/`));
  await using _ = { [Symbol.asyncDispose]: () => stop(website) };
  for (const version of [1, 2, 3]) {
    await edit(version);
    await expect
      .poll(async () => {
        expect(await website.pay("/orders", `${version}`)).toMatchObject({ body: { order: `${version}` } });
        return website.program.lines;
      })
      .toContain(`version ${version}`);
  }
  const clients = String(await redis.command("CLIENT", "LIST")).split("\n");
  expect(clients.filter((client) => client.includes(" name=shop "))).toHaveLength(1);
});
