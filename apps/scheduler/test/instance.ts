import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [command, ...fixed] = (scripts.start as string).split(" ") as [string, ...string[]];

/** One line of an instance: what became of which tick, or that it "begins". */
export interface Report {
  readonly what: string;
  readonly tick: string;
}

/** The scheduler as a process of its own. */
export interface Instance {
  /** All reports so far. */
  readonly reports: readonly Report[];
  /** Resolves with the first report that is so, of those that were made and those to come. */
  report(isSo: (report: Report) => boolean): Promise<Report>;
  signal(name: NodeJS.Signals): void;
  /** The exit status, once there is nothing more to be heard. */
  readonly ended: Promise<number | null>;
}

/** Instances that are killed at the end, if they are still there. */
export interface Team extends AsyncDisposable {
  readonly instances: readonly Instance[];
}

/** Starts as many instances, by the very command of `pnpm start`, and resolves once all of them wait for a tick. */
export async function startTeam(count: number, url: string, ...args: string[]): Promise<Team> {
  const instances = Array.from({ length: count }, () => start(url, args));
  await Promise.all(instances.map((instance) => instance.report(({ what }) => what === "waits for")));
  return {
    instances,
    async [Symbol.asyncDispose]() {
      for (const instance of instances) instance.signal("SIGKILL");
      await Promise.all(instances.map(({ ended }) => ended));
    },
  };
}

function start(url: string, args: readonly string[]): Instance {
  const child = spawn(command, [...fixed, ...args], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: url, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reports: Report[] = [];
  const listeners = new Set<() => void>();
  createInterface(child.stdout).on("line", (line) => {
    const [, what = line, tick = ""] = /^(.+?) (\S+Z)/.exec(line) ?? [];
    reports.push({ what, tick });
    for (const listener of listeners) listener();
  });
  return {
    reports,
    report(isSo) {
      return new Promise((resolve) => {
        const look = () => {
          const found = reports.find(isSo);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      });
    },
    signal: (name) => void child.kill(name),
    ended: once(child, "close").then(([status]) => status as number | null),
  };
}
