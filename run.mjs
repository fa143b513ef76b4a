// Runs on the oldest Node that a machine may have, with nothing installed: built-in modules only.
// `npm start` and `npm test` come through here: install what is missing, then hand over to pnpm.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  npm_config_yes: "true",
  npm_config_update_notifier: "false",
};
// Servers of the tests are on this machine: Bun's and Deno's `fetch` would ask a proxy for them.
const { no_proxy: own, NO_PROXY: direct = own } = process.env;
for (const name of ["NO_PROXY", "no_proxy"])
  environment[name] = [direct, "127.0.0.1", "localhost"].filter(Boolean).join(",");
// Set by the outer npm for its own run; pnpm would read them as settings of its own.
for (const name of Object.keys(environment))
  if (/^npm_(lifecycle|package)_/.test(name)) delete environment[name];

async function run(command, args, options) {
  const child = spawn(command, args, { cwd: root, env: environment, stdio: "inherit", ...options });
  // Who is started by us says how it ends: the demo has locks to release.
  const forward = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, forward);
  const [status, signal] = await once(child, "exit");
  for (const each of ["SIGINT", "SIGTERM"]) process.off(each, forward);
  if (signal) process.exit(128 + constants.signals[signal]);
  if (status !== 0) process.exit(status);
}

function pnpm(...args) {
  return run("npx", ["--yes", "--loglevel=error", packageManager, ...args], {
    shell: process.platform === "win32",
  });
}

/** Refuses wrong arguments before anything is installed, as the demo would: with status 2. */
function checkArguments({ readOptions, usage }) {
  try {
    if (readOptions(args, process.env) !== null) return;
    console.log(usage);
    process.exit();
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

const [task, ...args] = process.argv.slice(2);
if (task === "start") {
  checkArguments(await import("./apps/node/src/show/options.js"));
  // The demo and what it imports, and no developer's tools, unless they are there already: pnpm would take them away. The
  // root depends on core so that the packages' sources find their peer without them. Silent: the demo has the screen.
  const tools = existsSync(new URL("node_modules/turbo", import.meta.url)) ? [] : ["--prod"];
  if (!existsSync(new URL("apps/node/node_modules", import.meta.url))) {
    console.log("Installing what the demo needs, once: this may take a minute.");
  }
  await pnpm("install", "--frozen-lockfile", "--silent", ...tools, "--filter", "@redsync/app-node...");
  // Without npx and pnpm in between, which would not wait for the end of what Ctrl-C ends.
  const app = new URL("apps/node/", import.meta.url);
  const node = fileURLToPath(new URL("node_modules/node/bin/node", app));
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", app), "utf8"));
  await run(node, [...scripts.start.split(" ").slice(1), ...args], { cwd: fileURLToPath(app) });
} else if (task === "test") {
  // Hundreds of processes of the same programs start, one after the other: each need not compile them anew.
  environment.NODE_COMPILE_CACHE = fileURLToPath(new URL(".turbo/compiled", import.meta.url));
  await pnpm("install", "--frozen-lockfile", "--reporter=append-only");
  await pnpm("exec", "node", "scripts/test.ts");
} else {
  console.error(`run.mjs: unknown task ${task}; it knows "start" and "test"`);
  process.exit(2);
}
