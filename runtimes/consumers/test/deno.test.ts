import { describe, expect, it } from "vitest";
import { type Program, programs, read, success } from "./programs.ts";
import { install, run, startServices } from "./services.ts";

const services = await startServices();
const runs = ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual"];
const addresses: Readonly<Record<string, string>> = {
  "HOST:PORT": new URL(services.REDIS_URL).host,
  "name.upstash.io": new URL(services.UPSTASH_REDIS_REST_URL).host,
};

/** The permissions that docs/runtimes.md has for each adapter. */
const documented = new Map(
  [...read("docs/runtimes.md").matchAll(/^\| `(@redsync\/[\w-]+)` \| (?:none|`(--.*)`) \|$/gm)].map(
    ([, adapter = "", flags = ""]) => [adapter, flags.split(" ").filter((flag) => flag !== "")],
  ),
);

/** The permissions of the docs for the program's adapter. */
function permissionsOf({ code }: Program): readonly string[] {
  const [, flags = []] = [...documented].find(([adapter]) => code.includes(`from "${adapter}"`)) ?? [];
  return flags.map((flag) => flag.replace(/HOST:PORT|name\.upstash\.io/, (name) => addresses[name] ?? name));
}

/** With what the program itself reads of the environment. */
function withVariables({ code }: Program, permissions: readonly string[]): string[] {
  const variables = code.match(/\b(REDIS|UPSTASH)_[A-Z_]+\b/g);
  if (variables === null || permissions.includes("--allow-env")) return [...permissions];
  return [...permissions, `--allow-env=${variables.join()}`];
}

it("is Deno", async () => {
  const file = install("deno.mjs", "console.log(navigator.userAgent)");
  expect(await run("deno", [...runs, file], services)).toBe("Deno/2.9.6\n");
});

it("the docs have the permissions of four adapters", () => expect(documented.size).toBe(4));

describe("on Deno, node-redis and a name in place of an address", () => {
  const url = new URL(services.REDIS_URL);
  url.hostname = "localhost";
  const byName = { ...services, REDIS_URL: url.href };
  const program = programs("esm").find(({ code }) => code.includes('from "@redsync/node-redis"')) as Program;
  const [, documentedFlags = ""] =
    /^\| `@redsync\/node-redis`, if the URL has a name and no address \| `(--.*)` \|$/m.exec(
      read("docs/runtimes.md"),
    ) ?? [];
  const argsFor = (flags: string, code: string) => [
    ...runs,
    ...withVariables(program, flags.split(" ")),
    install("deno.mjs", code),
  ];

  it(`runs with the permissions of the docs: ${documentedFlags}`, async () => {
    const flags = documentedFlags.replace("HOST", "localhost");
    expect(await run("deno", argsFor(flags, program.code), byName)).toMatch(success(program));
  });

  it("does not run with a port, and is told why", async () => {
    const flags = documentedFlags.replace("HOST", url.host);
    const refusal = /getaddrinfo EPERM localhost/;
    expect(await run("deno", argsFor(flags, program.code), byName, refusal).catch(String)).toMatch(refusal);
  });

  it("runs with a port without maintNotifications", async () => {
    const flags = documentedFlags.replace("HOST", url.host);
    const code = program.code.replace("createClient({", 'createClient({ maintNotifications: "disabled",');
    expect(code).not.toBe(program.code);
    expect(await run("deno", argsFor(flags, code), byName)).toMatch(success(program));
  });
});

const claimed = programs("esm").filter(({ where }) => !where.includes("glide"));

describe.each(claimed)("on Deno, the program at $where", (program) => {
  const file = () => install("deno.mjs", program.code);
  const permissions = permissionsOf(program);

  it(`runs with the permissions of the docs: ${permissions.join(" ") || "none"}`, async () => {
    const args = [...runs, ...withVariables(program, permissions), file()];
    expect(await run("deno", args, services)).toMatch(success(program));
  });

  for (const missing of permissions) {
    it(`does not run without ${missing}`, async () => {
      const others = permissions.filter((permission) => permission !== missing);
      const args = [...runs, ...withVariables(program, others), file()];
      const refusal = new RegExp(`Requires ${missing.slice("--allow-".length, "--allow-net".length)} access`);
      // Some clients go on trying: they are not waited for.
      expect(await run("deno", args, services, refusal).catch(String)).toMatch(refusal);
    });
  }
});
