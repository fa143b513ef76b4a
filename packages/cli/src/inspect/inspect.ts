import { say, sayJson } from "../output.ts";
import { checkMutex, type NodeOptions, withNodes, withRedsync } from "../session.ts";
import { nameText } from "../shown-text.ts";
import { status } from "../status.ts";
import { forLooking, look, verdictOf } from "./look.ts";
import { showSight } from "./show.ts";

/** `redsync inspect`: who has these names, node by node. */
export async function inspect(names: readonly string[], options: NodeOptions): Promise<number> {
  for (const name of names) checkMutex(name);
  return withNodes(options, "each", (connections) =>
    withRedsync(connections, forLooking, async (redsync) => {
      const all = await Promise.all(
        names.map(async (name) => {
          const nodes = await look(redsync, name, connections);
          return { name, ...verdictOf(nodes), nodes };
        }),
      );
      if (options.json) await sayJson(all);
      else
        for (const { name, nodes } of all)
          await say([nameText(name), ...nodes.map((node) => `  ${showSight(node)}`)].join("\n"));
      return all.some((one) => one.status === "unknown") ? status.unavailable : status.done;
    }),
  );
}
