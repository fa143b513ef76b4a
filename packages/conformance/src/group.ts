import type { Case, Harness, Runtime } from "./harness.ts";
import { type Scope, scopes } from "./scopes.ts";

/** A test that a runner is to register. */
export interface PlannedTest {
  /** The case's title; if it is skipped, with the reason, so that no report hides it. */
  readonly title: string;
  readonly isSkipped: boolean;
  /**
   * Whether the runner may run it beside others of the same group, at most `abreast` at once. All other tests run one after
   * another, with nothing beside them.
   */
  readonly isConcurrent: boolean;
  /** Runs this test and no other. */
  run(): void | Promise<void>;
}

/** What a runner registers for a harness. The matrix in `docs/runtimes.md` is read from these titles in the reports. */
export interface Group {
  readonly title: string;
  /** First, that this is the runtime; then the concurrent cases; then those that run alone. */
  readonly tests: readonly PlannedTest[];
}

export interface GroupOptions {
  /** Which cases are played; by default, all. */
  readonly scope?: Scope;
  /** How a case is played; by default, here. */
  play?(each: Case): Promise<void>;
}

export const groupTitle = (client: string, runtime: string): string => `${client} on ${runtime}`;

export const proofTitle = (runtime: string): string => `runs on ${runtime}`;

/** How many concurrent tests a runner should run at once: they mostly wait for a deadline or an expiry. */
export const abreast = 8;

/**
 * A case that hangs fails by its title, also under a runner that knows no limit. The slowest case takes 5 s on a quiet machine;
 * the limit must not fail it on a busy one, where it was seen to take 26 times as long.
 */
const LIMIT_MS = 240_000;

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

/** What these ask for is felt by every other case on the same server or connection. */
const isAlone = ({ needs = [] }: Case): boolean =>
  needs.some((need) => need === "flush" || need === "blocking" || need === "connections");

const skipTitle = (title: string, reason: string): string => `${title} [skipped: ${reason}]`;

/** The case that was skipped and the reason, out of a test's title; undefined if it says nothing of that. */
export function skippedIn(text: string): { readonly title: string; readonly reason: string } | undefined {
  const [, title, reason] = /^(.*) \[skipped: (.*)\]$/s.exec(text) ?? [];
  return title === undefined || reason === undefined ? undefined : { title, reason };
}

/**
 * The tests of a harness on a runtime.
 *
 * @example
 * const { title, tests } = groupOf(harness, runtime);
 * describe(title, () => {
 *   for (const { title, isSkipped, isConcurrent, run } of tests) {
 *     it(title, { skip: isSkipped, concurrent: isConcurrent }, () => run());
 *   }
 * });
 */
export function groupOf(harness: Harness, runtime: Runtime, options: GroupOptions = {}): Group {
  const { scope = "all", play = (each: Case) => each.run(harness) } = options;
  const proof: PlannedTest = {
    title: proofTitle(runtime.name),
    isSkipped: false,
    isConcurrent: false,
    run: () => runtime.prove(),
  };
  const reasonsOf = ({ needs = [] }: Case) => needs.flatMap((need) => harness.lacks?.[need] ?? []);
  const list = [...scopes[scope]].sort((one, other) => Number(isAlone(one)) - Number(isAlone(other)));
  const played = list.map((each): PlannedTest => {
    const reasons = reasonsOf(each);
    const isSkipped = reasons.length > 0;
    const title = isSkipped ? skipTitle(each.title, reasons.join("; ")) : each.title;
    return { title, isSkipped, isConcurrent: !isAlone(each), run: () => limited(() => play(each)) };
  });
  return { title: groupTitle(harness.name, runtime.name), tests: [proof, ...played] };
}
