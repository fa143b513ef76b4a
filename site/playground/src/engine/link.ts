import { defaultSetting, type Fault, MAX_TASKS, type Setting, type Waiting } from "./setting.ts";

const PREFIX = "#play?";

const WAITINGS: readonly Waiting[] = ["fair", "polling", "mixed"];

/** Which arguments of a fault come in which order. */
const ARGUMENTS: Readonly<Record<Fault["what"], readonly ("task" | "node" | "ms")[]>> = {
  stop: ["node"],
  freeze: ["node"],
  start: ["node"],
  empty: ["node"],
  failover: ["node"],
  jump: ["node", "ms"],
  pause: ["task", "ms"],
  pauseBeforeWrite: ["task", "ms"],
  cut: ["task", "node"],
  heal: ["task", "node"],
};

/** The part of a link that carries a setting: only what differs from the default. */
export function toHash(setting: Setting): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(setting)) {
    if (key === "faults") continue;
    if (value !== defaultSetting[key as keyof Setting]) parts.set(key, String(value));
  }
  const faults = setting.faults.map((fault) => [fault.at, fault.what, ...argumentsOf(fault)].join("-"));
  if (faults.length > 0) parts.set("faults", faults.join("."));
  return PREFIX + parts;
}

/** The setting of a link, or undefined for another's. What it does not say, or says wrongly, is as by default. */
export function fromHash(hash: string): Setting | undefined {
  if (!hash.startsWith(PREFIX)) return undefined;
  const parts = new URLSearchParams(hash.slice(PREFIX.length));
  const number = (
    key: "seed" | "tasks" | "turns" | "work" | "latency" | "loss",
    least: number,
    most: number,
  ) => {
    const value = Number(parts.get(key) ?? defaultSetting[key]);
    return Number.isInteger(value) && value >= least && value <= most ? value : defaultSetting[key];
  };
  const nodes = Number(parts.get("nodes"));
  const waiting = WAITINGS.find((each) => each === parts.get("waiting"));
  return {
    seed: number("seed", 0, 2 ** 31),
    nodes: nodes === 1 || nodes === 3 || nodes === 5 ? nodes : defaultSetting.nodes,
    tasks: number("tasks", 1, MAX_TASKS),
    turns: number("turns", 1, 5),
    work: number("work", 50, 5_000),
    fencing: parts.get("fencing") !== "false",
    waiting: waiting ?? defaultSetting.waiting,
    latency: number("latency", 1, 200),
    loss: number("loss", 0, 50),
    faults: (parts.get("faults") ?? "").split(".").flatMap(faultFrom).slice(0, 100),
  };
}

function argumentsOf(fault: Fault): readonly number[] {
  return ARGUMENTS[fault.what].map((key) => (fault as unknown as Record<typeof key, number>)[key]);
}

function faultFrom(text: string): Fault[] {
  const [at = "", what = "", ...numbers] = text.split("-");
  if (!Object.hasOwn(ARGUMENTS, what)) return [];
  const keys = ARGUMENTS[what as Fault["what"]];
  if (numbers.length !== keys.length) return [];
  const entries = ["at", ...keys].map((key, index) => [key, Number([at, ...numbers][index])] as const);
  if (entries.some(([, value]) => !Number.isInteger(value) || value < 0 || value > 60_000)) return [];
  return [{ what, ...Object.fromEntries(entries) } as unknown as Fault];
}
