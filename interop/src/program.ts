import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** A program of another language: how it is started and what runs it, or why it cannot be. */
export type Program =
  | { readonly command: readonly [string, ...string[]]; readonly version: string }
  | { readonly lack: string };

/** What a tool says, or undefined where there is no such tool. Rejects, with its last words, where it fails. */
export async function say(
  env: NodeJS.ProcessEnv,
  folder: string,
  tool: string,
  ...args: string[]
): Promise<string | undefined> {
  try {
    return (await execute(tool, args, { env, cwd: folder })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") return undefined;
    throw new Error(`${[tool, ...args].join(" ")} failed: ${stderr ?? error}`, { cause: error });
  }
}

/** Whether a version such as "1.26.8" is at least another. */
export function isAtLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, "en", { numeric: true }) >= 0;
}
