// Runs on the oldest Node that a machine may have, with nothing installed: built-in modules only.
// `npm start` and `npm test` come through here: install what is missing, then hand over to pnpm.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const { packageManager } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

const environment = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
  npm_config_yes: "true",
  npm_config_update_notifier: "false",
};
// Set by the outer npm for its own run; pnpm would read them as settings of its own.
for (const name of Object.keys(environment)) if (/^npm_(lifecycle|package)_/.test(name)) delete environment[name];

function pnpm(...args) {
  const { status, signal, error } = spawnSync("npx", ["--yes", packageManager, ...args], {
    cwd: root,
    env: environment,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

const [task] = process.argv.slice(2);
if (task === "start") {
  // The demo alone and what it imports: no compiler, no test runner.
  pnpm("install", "--frozen-lockfile", "--silent", "--filter", "@redsync/app-node...");
  pnpm("--filter", "@redsync/app-node", "--silent", "start");
} else if (task === "test") {
  pnpm("install", "--frozen-lockfile", "--reporter=append-only");
  pnpm("exec", "node", "scripts/test.ts");
} else {
  console.error(`run.mjs: unknown task ${task}; it knows "start" and "test"`);
  process.exit(2);
}
