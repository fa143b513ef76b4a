import { messageOf } from "../secrets.ts";
import type { Finding } from "./finding.ts";
import { ask, readInfo, type Server } from "./server.ts";

/** Whether a Cluster is whole, and whether slots are on their way between its servers. */
export async function checkCluster(place: string, servers: readonly Server[]): Promise<Finding> {
  const found = await Promise.all(servers.map(look));
  const worst =
    found.find(({ verdict }) => verdict === "danger") ?? found.find(({ verdict }) => verdict !== "ok");
  const all: Finding = {
    check: "cluster",
    verdict: "ok",
    what: `${servers.length} primaries, all slots are served, none is on its way`,
  };
  return { ...(worst ?? all), node: worst?.node ?? place };
}

async function look(server: Server): Promise<Finding> {
  const found = { check: "cluster", node: server.place } as const;
  try {
    const state = readInfo(String(await ask(server, "cluster", "INFO"))).get("cluster_state");
    if (state !== "ok")
      return {
        ...found,
        verdict: "danger",
        what: `cluster_state is ${state}`,
        advice: "see CLUSTER INFO and CLUSTER NODES there",
      };
    const moving = movingSlots(String(await ask(server, "cluster", "NODES")));
    if (moving.length === 0) return { ...found, verdict: "ok", what: "ok" };
    const what = `slots are on their way: ${moving.slice(0, 5).join(", ")}${moving.length > 5 ? ", ..." : ""}`;
    const advice =
      "new locks with fencing in these slots wait until they have moved; what is held stays held";
    return { ...found, verdict: "warning", what, advice };
  } catch (error) {
    return { ...found, verdict: "unknown", what: messageOf(error) };
  }
}

/** The slots that a server's own line has as "[slot->-id]" (migrating) or "[slot-<-id]" (importing). */
export function movingSlots(nodes: string): readonly string[] {
  return [...nodes.matchAll(/\[(\d+)-[<>]-[^\]]*\]/g)].map(([, slot = ""]) => slot);
}
