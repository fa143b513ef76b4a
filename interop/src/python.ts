import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isAtLeast, type Program, say } from "./program.ts";

const folder = fileURLToPath(new URL("../python", import.meta.url));
const OLDEST = "3.10";

/** Makes a virtual environment with the `redis` package for the program that locks with it, once. */
export async function pythonProgram(env: NodeJS.ProcessEnv = process.env): Promise<Program> {
  const said = await say(env, "/", "python3", "--version");
  if (said === undefined) return { lack: "python3 is not on the PATH" };
  if (!isAtLeast(said.replace("Python ", ""), OLDEST)) {
    return { lack: `${said} is too old for redis-py, which wants ${OLDEST}` };
  }
  const hasVenv = await say(env, "/", "python3", "-c", "import ensurepip, venv").then(
    () => true,
    () => false,
  );
  if (!hasVenv) return { lack: `${said} cannot make a virtual environment (Debian: python3-venv)` };
  return { command: [await environment(env, said), `${folder}/main.py`], version: said };
}

/** The interpreter of an environment that has what the requirements say. */
async function environment(env: NodeJS.ProcessEnv, version: string): Promise<string> {
  const venv = `${folder}/dist/venv`;
  const python = `${venv}/bin/python`;
  const wanted = `${version}\n${await readFile(`${folder}/requirements.txt`, "utf8")}`;
  const made = await readFile(`${venv}/made-of.txt`, "utf8").catch(() => "");
  if (made === wanted) return python;
  await say(env, folder, "python3", "-m", "venv", "--clear", venv);
  const install = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary",
    ":all:",
  ];
  await say(env, folder, python, ...install, "--require-hashes", "--requirement", "requirements.txt");
  await writeFile(`${venv}/made-of.txt`, wanted);
  return python;
}
