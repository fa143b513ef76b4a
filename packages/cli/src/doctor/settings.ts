import type { Check, Finding } from "./finding.ts";
import { ask, type Info, type Server } from "./server.ts";

/** What one server's settings mean for locks. */
export async function checkSettings(server: Server, info: Info): Promise<readonly Finding[]> {
  if ("failure" in info) {
    const checks: Check[] = ["version", "role", "eviction", "persistence"];
    const advice = "ACL SETUSER USER +info, or look there by yourself";
    return checks.map((check) => ({
      check,
      node: server.place,
      verdict: "unknown",
      what: `INFO: ${info.failure}`,
      advice,
    }));
  }
  const found = [
    version(info),
    role(info),
    membership(server, info),
    eviction(info),
    persistence(info, await fsyncOf(server)),
  ];
  return found.map((finding) => ({ ...finding, node: server.place }));
}

type Settings = ReadonlyMap<string, string>;

const LEAST_VERSION = 5;

function version(info: Settings): Finding {
  const text = info.get("redis_version");
  const name = info.has("valkey_version") ? `Valkey ${info.get("valkey_version")}` : `Redis ${text}`;
  if (text === undefined)
    return { check: "version", verdict: "unknown", what: "it does not tell its version" };
  if (Number.parseInt(text, 10) >= LEAST_VERSION) return { check: "version", verdict: "ok", what: name };
  return {
    check: "version",
    verdict: "danger",
    what: name,
    advice: `use Redis ${LEAST_VERSION} or later: its scripts may write after TIME`,
  };
}

function role(info: Settings): Finding {
  const role = info.get("role");
  const count = Number(info.get("connected_slaves") ?? 0);
  const replicas = count === 1 ? "a replica" : `${count} replicas`;
  if (role === "master") {
    const others = count > 0 ? `, with ${replicas}: a failover may forget the newest locks` : "";
    return { check: "role", verdict: "ok", what: `primary${others}` };
  }
  if (role === undefined) return { check: "role", verdict: "unknown", what: "it does not tell its role" };
  const primary = info.has("master_host") ? ` of ${info.get("master_host")}:${info.get("master_port")}` : "";
  return {
    check: "role",
    verdict: "danger",
    what: `a replica${primary}`,
    advice: "give the primary: a replica refuses locks",
  };
}

function membership({ isOfCluster }: Server, info: Settings): Finding {
  if (info.get("cluster_enabled") !== "1" || isOfCluster)
    return { check: "cluster", verdict: "ok", what: isOfCluster ? "a primary of it" : "none" };
  return {
    check: "cluster",
    verdict: "danger",
    what: "a member of a Cluster: it refuses the names of others",
    advice: "use --cluster, and a Cluster client in your services",
  };
}

function eviction(info: Settings): Finding {
  const policy = info.get("maxmemory_policy");
  const limit = Number(info.get("maxmemory") ?? 0);
  const evicted = Number(info.get("evicted_keys") ?? 0);
  if (policy === undefined)
    return { check: "eviction", verdict: "unknown", what: "it does not tell its maxmemory-policy" };
  const what = `maxmemory-policy ${policy}${evicted > 0 ? `, ${evicted} keys were evicted` : ""}`;
  if (policy === "noeviction") return { check: "eviction", verdict: "ok", what };
  const advice =
    "CONFIG SET maxmemory-policy noeviction, and CONFIG REWRITE; a server that is full refuses new locks then: raise maxmemory first, and keep no cache in it";
  if (limit === 0)
    return {
      check: "eviction",
      verdict: "warning",
      what: `${what}, without effect while maxmemory is 0`,
      advice,
    };
  return { check: "eviction", verdict: "danger", what: `${what}: a full memory deletes locks`, advice };
}

/** What `appendfsync` is, if this user may know it. */
async function fsyncOf(server: Server): Promise<string | undefined> {
  try {
    const reply = await ask(server, "config", "GET", "appendfsync");
    // RESP3 has a map: a client may make an object, a Map or a flat list of it.
    const flat =
      reply instanceof Map
        ? [...reply].flat()
        : Array.isArray(reply)
          ? reply
          : Object.entries(reply ?? {}).flat();
    return flat[1] === undefined ? undefined : String(flat[1]);
  } catch {
    return undefined;
  }
}

const AFTER_A_CRASH =
  "appendonly yes and appendfsync always; or keep a crashed server away for the longest expiry before it joins again, and --skip persistence";

function persistence(info: Settings, fsync: string | undefined): Finding {
  if (!info.has("aof_enabled"))
    return { check: "persistence", verdict: "unknown", what: "it does not tell of its persistence" };
  if (info.get("aof_enabled") !== "1")
    return {
      check: "persistence",
      verdict: "danger",
      what: "no append-only file: a restart forgets locks that are held",
      advice: AFTER_A_CRASH,
    };
  if (fsync === "always")
    return { check: "persistence", verdict: "ok", what: "append-only file, appendfsync always" };
  const what =
    fsync === undefined
      ? "append-only file, and it does not tell appendfsync"
      : `append-only file, appendfsync ${fsync}: a crash may forget the newest locks`;
  return { check: "persistence", verdict: "warning", what, advice: AFTER_A_CRASH };
}
