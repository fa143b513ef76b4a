import { fence, NAME, queue, taskOfId } from "./keys.ts";
import type { Frame, Happening, Holder, NodeState, Recording, Summary } from "./recording.ts";
import type { Register } from "./register.ts";
import type { Server } from "./server.ts";
import { MAX_TASKS, type Setting, taskName } from "./setting.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { Task } from "./task.ts";

/** Looks at everything after each step, and keeps what has changed. */
export class Recorder {
  readonly #setting: Setting;
  readonly #servers: readonly Server[];
  readonly #tasks: readonly Task[];
  readonly #register: Register;
  readonly #now: () => number;
  readonly #frames: Frame[] = [];
  readonly #happenings: Happening[] = [];
  /** Since when those wait that do. */
  readonly #askedAt = new Map<number, number>();
  #last = "";
  #longestWait = 0;
  #overtakings = 0;
  readonly #twoValid = new Stopwatch();
  readonly #twoAtWork = new Stopwatch();

  constructor(
    setting: Setting,
    servers: readonly Server[],
    tasks: readonly Task[],
    register: Register,
    now: () => number,
  ) {
    this.#setting = setting;
    this.#servers = servers;
    this.#tasks = tasks;
    this.#register = register;
    this.#now = now;
  }

  note(happening: Omit<Happening, "at">): void {
    const at = this.#now();
    this.#happenings.push({ at, ...happening });
    const { kind, task } = happening;
    if (task === undefined) return;
    if (kind === "asks") this.#askedAt.set(task, at);
    if (kind === "granted") this.#endWait(task, at);
  }

  look(): void {
    const now = this.#now();
    const states = this.#tasks.map(({ state }) => state);
    const holding = states.filter(({ activity }) => activity === "holding").length;
    const late = states.filter(({ activity }) => activity === "late").length;
    this.#twoValid.look(holding > 1, now);
    this.#twoAtWork.look(holding + late > 1, now);
    const frame = {
      tasks: states,
      nodes: this.#servers.map((server) => this.#stateOf(server)),
      register: this.#register.state,
    };
    const text = JSON.stringify(frame);
    if (text === this.#last) return;
    this.#last = text;
    // Of what happens at the same time only the end is to be seen.
    if (this.#frames.at(-1)?.at === now) this.#frames.pop();
    this.#frames.push({ at: now, ...frame });
  }

  #endWait(task: number, at: number): void {
    const askedAt = this.#askedAt.get(task) ?? at;
    this.#askedAt.delete(task);
    this.#longestWait = Math.max(this.#longestWait, at - askedAt);
    if ([...this.#askedAt.values()].some((other) => other < askedAt)) this.#overtakings++;
  }

  finish(end: number, commands: number): Recording {
    const grants = this.#happenings.filter(({ kind }) => kind === "granted").length;
    const { accepted, refused, count } = this.#register.state;
    const summary: Summary = {
      grants,
      longestWait: this.#longestWait,
      overtakings: this.#overtakings,
      commandsPerGrant: grants === 0 ? 0 : commands / grants,
      twoValid: this.#twoValid.totalAt(end),
      twoAtWork: this.#twoAtWork.totalAt(end),
      accepted,
      refused,
      lostUpdates: accepted - count,
    };
    return {
      setting: this.#setting,
      end,
      frames: this.#frames,
      happenings: this.#happenings,
      summary,
    };
  }

  #stateOf({ status, keys, ahead }: Server): NodeState {
    const token = keys.read(fence);
    const waiters = keys.read(queue);
    return {
      status,
      ahead,
      holder: this.#holderIn(keys),
      token: typeof token === "string" ? Number(token) : undefined,
      queue: waiters instanceof Map ? inOrder(waiters) : [],
    };
  }

  #holderIn(keys: Server["keys"]): Holder | undefined {
    const value = keys.read(NAME);
    if (typeof value !== "string") return undefined;
    const expiresAt = Math.floor(this.#now()) + (keys.ttl(NAME) ?? 0);
    const waiter = taskOfId(value);
    if (waiter !== undefined) return { task: waiter, isReservation: true, value: "", expiresAt };
    const [, owner = "", secret = ""] = /^@([^/]*)\/(.*)$/.exec(value) ?? [];
    return { task: taskOf(owner), isReservation: false, value: secret.slice(0, 4), expiresAt };
  }
}

function taskOf(owner: string): number {
  return Array.from({ length: MAX_TASKS }, (_, task) => taskName(task)).indexOf(owner);
}

/** Whose turn comes when. */
function inOrder(members: ReadonlyMap<string, number>): number[] {
  const sorted = [...members].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  return sorted.flatMap(([id]) => taskOfId(id) ?? []);
}
