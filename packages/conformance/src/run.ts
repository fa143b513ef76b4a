import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a program is run with beside what it inherits. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  /** What stands for a `{name}` in its arguments: a sandbox wants addresses on its command line. */
  readonly names: Readonly<Record<string, string>>;
}

/** Runs a program of any runtime on this terminal; resolves to its exit status, 1 if a signal ended it. */
export async function run(
  command: string,
  args: readonly string[],
  { env, names }: Surroundings,
): Promise<number> {
  const filled = args.map((argument) =>
    Object.entries(names).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), argument),
  );
  const child = spawn(command, filled, { stdio: "inherit", env: { ...process.env, ...env } });
  const [status] = await once(child, "exit");
  return status ?? 1;
}
