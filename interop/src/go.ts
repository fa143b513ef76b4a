import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isAtLeast, type Program, say } from "./program.ts";

const folder = fileURLToPath(new URL("../go", import.meta.url));

/** What becomes of the optimizer: without it a first build, which compiles two large clients, takes two thirds of the time. */
const flags = { quick: ["-gcflags=all=-N -l"], optimized: [] } as const;
/** The same for all, or nothing of one build would serve another. */
const reproducible = ["-trimpath", "-buildvcs=false"];

/** What is there, from the module proxy alone: no other toolchain, no version control, no C compiler. */
const closed = {
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOTOOLCHAIN: "local",
  GOVCS: "*:off",
  GOWORK: "off",
};

/** Runs a package of the Go module, such as "./dist/example", to its end; resolves to what it prints. */
export async function runGo(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  const said = await say(
    { ...process.env, ...env, ...closed },
    folder,
    "go",
    "run",
    ...reproducible,
    ...flags.quick,
    path,
  );
  if (said === undefined) throw new Error("go is not on the PATH");
  return said;
}

/**
 * Builds the program that locks with go-redsync; a second build of the same finds all in Go's cache.
 *
 * Rejects where the build fails: only a Go that is missing, or too old for go-redsync, is a lack.
 */
export async function goProgram(
  build: keyof typeof flags,
  inherited: NodeJS.ProcessEnv = process.env,
): Promise<Program> {
  const env = { ...inherited, ...closed };
  const found = await say(env, "/", "go", "env", "GOVERSION");
  if (found === undefined) return { lack: "go is not on the PATH" };
  const [, wanted = ""] = /^go (\S+)$/m.exec(await readFile(`${folder}/go.mod`, "utf8")) ?? [];
  if (!isAtLeast(found.replace("go", ""), wanted)) {
    return { lack: `${found} is too old for go-redsync, which wants go${wanted}` };
  }
  const path = `${folder}/dist/redsync-${build}`;
  await say(env, folder, "go", "build", ...reproducible, ...flags[build], "-o", path, ".");
  return { command: [path], version: found.replace("go", "Go ") };
}
