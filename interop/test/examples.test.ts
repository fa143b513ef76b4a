import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "@redsync/conformance/servers";
import { expect, inject, it } from "vitest";
import { exampleOf, play, playModule } from "../src/examples.ts";
import { runGo } from "../src/go.ts";
import { describeWith } from "./describe-with.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Writes a program to where its imports are found; returns its path. */
function install(path: string, code: string): string {
  const file = `${root}${path}`;
  mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  writeFileSync(file, code);
  return file;
}

describeWith(inject("go"), "docs/migrating/go-redsync.md", () => {
  it("shows a program in Go that runs, and the same with ours", async () => {
    await using server = await startServer();
    const env = { REDIS_ADDRESS: `127.0.0.1:${server.port}`, REDIS_URL: server.url };
    const go = exampleOf("go-redsync.md", "before");
    install("go/dist/example/main.go", go.code);
    expect((await runGo("./dist/example", env)).split("\n")).toEqual(go.prints);
    const ours = exampleOf("go-redsync.md", "after");
    const file = install("dist/go-redsync.mjs", ours.code);
    expect(await playModule(env, root, file)).toEqual(ours.prints);
  });
});

describeWith(inject("python"), "docs/migrating/python-redis.md", (python) => {
  it("shows a program in Python that runs, and the same with ours", async () => {
    await using server = await startServer();
    const env = { REDIS_URL: server.url };
    const theirs = exampleOf("python-redis.md", "before");
    expect(await play(env, root, python[0], install("python/dist/example.py", theirs.code))).toEqual(
      theirs.prints,
    );
    const ours = exampleOf("python-redis.md", "after");
    const file = install("dist/python-redis.mjs", ours.code);
    expect(await playModule(env, root, file)).toEqual(ours.prints);
  });
});
