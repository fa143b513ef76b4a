import { Command } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { doctor } from "./doctor/doctor.ts";
import { CHECKS } from "./doctor/finding.ts";
import { inspect } from "./inspect/inspect.ts";
import { ls } from "./keys/ls.ts";
import { unlock } from "./keys/unlock.ts";
import { run } from "./run/run.ts";
import { withoutSecrets } from "./secrets.ts";
import { watch } from "./watch/watch.ts";

const NODES = `
Nodes: --redis URL, once for each node, or REDIS_URLS in the environment, separated by spaces or commas. All users of a
name must give the same nodes. A URL on the command line is seen by others on this machine: prefer REDIS_URLS for passwords.`;

const STATUSES = `
Exit statuses: 0 done · 64 wrong arguments · 69 too few nodes can be reached, or they refuse · 70 internal error · 128+n ended by signal n`;

const collect = (url: string, before: readonly string[] = []): readonly string[] => [...before, url];

/** The command line. `ends` is given the exit status of the command that ran. */
export function program(ends: (status: number) => void): Command {
  const all = new Command("redsync")
    .description("Runs a command under a distributed lock over Redis, and tells who holds which lock.")
    .version(packageJson.version)
    .exitOverride()
    // What stands behind a command is not for redsync itself: `--version` of a command that is run without `--`.
    .enablePositionalOptions()
    .showHelpAfterError("(redsync --help, or redsync COMMAND --help, says more)")
    .configureOutput({
      outputError: (text, write) => write(withoutSecrets(text.replace(/^error: /, "redsync: "))),
    })
    .addHelpText("after", NODES + STATUSES);

  const add = (usage: string, description: string) =>
    all
      .command(usage)
      .description(description)
      .option(
        "--redis <url>",
        "a node: redis://, rediss://, redis+sentinel:// or the path of a socket; repeatable",
        collect,
      )
      .option("--cluster", "all URLs are of one Redis Cluster, which is one node")
      .option("--connect-timeout <duration>", "how long a node may be silent at the start", "5s")
      .option("--cert <file>", "the certificate that is shown to a server that asks for one, with --key")
      .option("--key <file>", "its private key")
      .option("--json", "JSON in place of text")
      .addHelpText("after", NODES);

  add("run <name> [command...]", "Runs a command while the lock is held: redsync run NAME -- command args")
    .showHelpAfterError('(the command comes behind "--": redsync run NAME -- command args)')
    .option(
      "--expiry <duration>",
      "after which a crashed holder's lock ends; it is renewed (default: 30s; a tick with --tick --hold)",
    )
    .option("--timeout <duration>", "how long the lock is waited for")
    .option("--wait", "waits for the lock for as long as it takes (default, without --tick)")
    .option("--no-wait", "does not wait for the lock (default with --tick)")
    .option(
      "--fencing",
      "gives the command a token in REDSYNC_TOKEN, larger than that of every earlier holder",
    )
    .option("--max-hold <duration>", "how long the lock is held at most: the command is ended then")
    .option("--tick <duration>", "puts the time of the run, in steps of this, in place of {tick} in the name")
    .option("--tick-offset <duration>", "how far after a full tick (of UTC) the job starts (default: 0s)")
    .option(
      "--hold",
      "does not unlock: the lock is left to its expiry, so that late machines do not run it again",
    )
    .option("--grace <duration>", "between SIGTERM and SIGKILL, when the lock is lost", "10s")
    .option("--owner <text>", "who this is, as others see it (default: hostname:pid)")
    .option("--taken-status <number>", "the exit status if somebody else holds the lock", "75")
    .option("-q, --quiet", "says nothing if somebody else holds the lock")
    .addHelpText(
      "after",
      `
Exit statuses: the command's own (128+n if signal n ended it) · 75 somebody else holds the lock · 79 the lock was lost while the
command ran · 126, 127 the command cannot be run, or is not there · 64, 69, 70 as for every command (redsync --help)

Examples:
  redsync run deploy --timeout 10m -- ./deploy.sh production
  redsync run "report:{tick}" --tick 5m --hold -q -- ./report.sh`,
    )
    .action(async (name, words, options) => ends(await run(name, words, options)));

  add(
    "inspect <name...>",
    "Shows who has a name, how long it is still held, and how many wait, node by node",
  ).action(async (names, options) => ends(await inspect(names, options)));

  add("ls <pattern>", 'Lists the locks whose names match a pattern of SCAN, such as "report:*"')
    .option("--all", "also keys that are no locks of redsync")
    .action(async (pattern, options) => ends(await ls(pattern, options)));

  add("unlock <name>", "Takes a lock from its holder, after it has shown who that is and asked")
    .option("--force", "does not ask")
    .option("--any", "also deletes a text that does not look like a lock")
    .action(async (name, options) => ends(await unlock(name, options)));

  add("watch <name>", "Shows who holds a name when: a timeline in a terminal, else a line for each change")
    .option("--interval <duration>", "how often the nodes are asked", "500ms")
    .option("--for <duration>", "ends after that (default: goes on)")
    .action(async (name, options) => ends(await watch(name, options)));

  add("doctor", "Looks for what endangers locks: one line a check, with what to do")
    .option("--expiry <duration>", "the expiry of your locks, of which a round may take a share", "8s")
    .option("--timeout-factor <number>", "that share, as the option timeoutFactor", "0.05")
    .option(
      "--prefix <text>",
      "what the key begins with on which rights are tried, for users of some keys alone",
      "",
    )
    .option("--skip <check>", `a check that does not count: ${CHECKS.join(", ")}; repeatable`, collect)
    .addHelpText(
      "after",
      "\nExit statuses: 0 no danger · 1 something endangers locks · 64, 69, 70 as for every command (redsync --help)",
    )
    .action(async (options) => ends(await doctor(options)));

  return all;
}
