import type { Case, Harness, Runtime } from "./harness.ts";
import { type Scope, scopes } from "./scopes.ts";

/** A test as a runner registers it. */
export interface Entry {
  /** The case's name; where it is skipped, with the reason, so that no report hides it. */
  readonly title: string;
  readonly isSkipped: boolean;
  run(): void | Promise<void>;
}

/** What a runner registers for a harness. The matrix in `docs/runtimes.md` is read from these titles in the reports. */
export interface Group {
  readonly title: string;
  /** First, that this is the runtime; then the cases. */
  readonly entries: readonly Entry[];
}

export interface GroupOptions {
  /** Which cases are played; by default, all. */
  readonly scope?: Scope;
  /** How a case is played; by default, here. */
  play?(each: Case): Promise<void>;
}

export const groupTitle = (client: string, runtime: string): string => `${client} on ${runtime}`;

export const proofTitle = (runtime: string): string => `runs on ${runtime}`;

/** A case that hangs fails by its name, also under a runner that knows no limit. The slowest takes half of it. */
const LIMIT_MS = 25_000;

async function limited(run: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error(`the case did not end within ${LIMIT_MS / 1_000} s`));
    timer = setTimeout(fail, LIMIT_MS);
  });
  try {
    await Promise.race([run(), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** So many cases are under way at once: most of their time they wait for a deadline or an expiry. */
const ABREAST = 8;

/** What these ask for is felt by every other case on the same server or connection. */
const isAlone = ({ needs = [] }: Case): boolean =>
  needs.some((need) => need === "flush" || need === "blocking" || need === "connections");

/**
 * Plays a list for a runner that asks for one case after the other: with the one that it asks for, those that follow it are
 * played, until one that has to be alone.
 */
function ahead(list: readonly Case[], play: (each: Case) => Promise<void>): (each: Case) => Promise<void> {
  const played = new Map<Case, Promise<void>>();
  let underWay = 0;
  let next = 0;
  const start = (each: Case): Promise<void> => {
    underWay++;
    const playing = limited(() => play(each)).finally(() => {
      underWay--;
      follow();
    });
    // Whether the promise was kept is said when the runner asks for it.
    playing.catch(() => {});
    played.set(each, playing);
    return playing;
  };
  const follow = () => {
    for (let each = list[next]; each && !isAlone(each) && underWay < ABREAST; each = list[++next]) {
      void start(each);
    }
  };
  return (each) => {
    next = Math.max(next, list.indexOf(each) + 1);
    const playing = played.get(each) ?? start(each);
    follow();
    return playing;
  };
}

const skipTitle = (name: string, reason: string): string => `${name} [skipped: ${reason}]`;

/** What a title says that was skipped. */
export function reasonOf(title: string): { readonly name: string; readonly reason: string } | undefined {
  const [, name, reason] = /^(.*) \[skipped: (.*)\]$/s.exec(title) ?? [];
  return name === undefined || reason === undefined ? undefined : { name, reason };
}

/**
 * The tests of a harness on a runtime.
 *
 * @example
 * const { title, entries } = groupOf(harness, runtime);
 * describe(title, () => {
 *   for (const { title, isSkipped, run } of entries) (isSkipped ? it.skip : it)(title, run);
 * });
 */
export function groupOf(harness: Harness, runtime: Runtime, options: GroupOptions = {}): Group {
  const { scope = "all", play = (each: Case) => each.run(harness) } = options;
  const proof: Entry = {
    title: proofTitle(runtime.name),
    isSkipped: false,
    run: () => runtime.prove(),
  };
  const reasonsOf = ({ needs = [] }: Case) => needs.flatMap((need) => harness.lacks?.[need] ?? []);
  const list = [...scopes[scope]].sort((one, other) => Number(isAlone(one)) - Number(isAlone(other)));
  const ask = ahead(
    list.filter((each) => reasonsOf(each).length === 0),
    play,
  );
  const played = list.map((each): Entry => {
    const reasons = reasonsOf(each);
    const isSkipped = reasons.length > 0;
    const title = isSkipped ? skipTitle(each.name, reasons.join("; ")) : each.name;
    return { title, isSkipped, run: () => ask(each) };
  });
  return { title: groupTitle(harness.name, runtime.name), entries: [proof, ...played] };
}
