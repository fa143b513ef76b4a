import type { Command } from "@redsync/core";
import { script } from "@redsync/core";
import type { Connection } from "../connection.ts";
import { fenceKey, queueKey } from "../keys/keys-of-name.ts";
import { messageOf } from "../secrets.ts";
import type { Check, Finding, Verdict } from "./finding.ts";
import { inTime, NO_ANSWER } from "./server.ts";

/** Commands that are needed for one purpose, and what it means if one is refused. */
interface Purpose {
  readonly check: Check;
  readonly commands: readonly Command[];
  readonly verdict: Verdict;
  readonly without: string;
  readonly advice: string;
}

const SPAN = "10000";
const OF_REPLICA = "give the primary";

/** Every command of core's script, and those that send it, on a key that is nobody's. */
function purposesFor(name: string): readonly Purpose[] {
  const queue = queueKey(name) ?? name;
  const fence = fenceKey(name);
  return [
    {
      check: "rights",
      commands: [
        ["SET", name, "doctor", "PX", SPAN],
        ["GET", name],
        ["PTTL", name],
        ["PEXPIRE", name, SPAN],
        ["EVAL", "return 1", "1", name],
        ["EVALSHA", script.sha1, "0"],
        ["DEL", name],
      ],
      verdict: "danger",
      without: "nobody can lock",
      advice:
        "ACL SETUSER USER +get +set +del +pttl +pexpire +eval +evalsha, and let it use the keys of the names (~PATTERN)",
    },
    {
      check: "fencing",
      commands: [
        ["TIME"],
        ["SET", fence, "1", "PX", SPAN],
        ["GET", fence],
        ["PEXPIRE", fence, SPAN],
        ["DEL", fence],
      ],
      verdict: "warning",
      without: "no locks with fencing",
      advice: "ACL SETUSER USER +time, and let it use the keys {name}:fence as well as name (~PATTERN)",
    },
    {
      check: "queue",
      commands: [
        ["TIME"],
        ["ZADD", queue, "NX", "1", "doctor"],
        ["PEXPIRE", queue, SPAN],
        ["PTTL", queue],
        ["ZRANGE", queue, "0", "0"],
        ["ZRANK", queue, "doctor"],
        ["ZSCORE", queue, "doctor"],
        ["ZCARD", queue],
        ["EXISTS", queue],
        ["ZCOUNT", queue, "-inf", "+inf"],
        ["ZREM", queue, "doctor"],
        ["ZREMRANGEBYSCORE", queue, "-inf", "+inf"],
      ],
      verdict: "warning",
      without: "processes that wait poll, and are served in no order",
      advice:
        "ACL SETUSER USER +time +zadd +zrem +zrange +zrank +zscore +zcard +exists +zcount +zremrangebyscore, and let it use the keys {name}:queue as well as name (~PATTERN)",
    },
  ];
}

/** Tries every right that core needs, one command after another. */
export async function checkRights(connection: Connection, name: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const purpose of purposesFor(name)) {
    const finding = await tryAll(connection, name, purpose);
    findings.push({ ...finding, node: connection.place });
    // A replica refuses all that writes: nothing is learnt about rights there.
    if (finding.advice === OF_REPLICA) break;
  }
  return findings;
}

async function tryAll(connection: Connection, name: string, purpose: Purpose): Promise<Finding> {
  const { check, commands, verdict, without, advice } = purpose;
  const refused: { command: string; why: string }[] = [];
  for (const command of commands) {
    const why = await refusalOf(connection, name, command);
    if (why !== undefined) refused.push({ command: command[0], why });
    // Of a server that is silent nothing more is learnt by waiting again.
    if (why?.startsWith(NO_ANSWER)) break;
  }
  const [first] = refused;
  if (first === undefined) return { check, verdict: "ok", what: commands.map(([name]) => name).join(" ") };
  // One way to run the script is enough, if it is the longer one.
  if (refused.length === 1 && first.command === "EVALSHA")
    return {
      check,
      verdict: "warning",
      what: "no EVALSHA: the script's whole text is sent with each command",
      advice: "ACL SETUSER USER +evalsha",
    };
  const what = `no ${refused.map(({ command }) => command).join(" ")}: ${without} (${first.why})`;
  return { check, verdict, what, advice: adviceFor(first.why) ?? advice };
}

/** What is refused for another reason than a right. */
function adviceFor(why: string): string | undefined {
  if (why.startsWith("OOM")) return "the memory is full: raise maxmemory, or delete what is no lock";
  if (why.startsWith("READONLY")) return OF_REPLICA;
  if (why.startsWith("MISCONF")) return "the server cannot save its data: look at its log and its disk";
  if (why.startsWith("MOVED") || why.startsWith("CLUSTERDOWN")) return "use --cluster";
  return undefined;
}

async function refusalOf({ node }: Connection, key: string, command: Command): Promise<string | undefined> {
  try {
    await inTime(node.send(command, { key }));
    return undefined;
  } catch (error) {
    const why = messageOf(error);
    return why.startsWith("NOSCRIPT") ? undefined : why;
  }
}
