import type { Finding } from "./finding.ts";
import type { Info } from "./server.ts";

/** How many nodes there are. */
export function checkCount(count: number): Finding {
  const failures = Math.ceil(count / 2) - 1;
  const what =
    count === 1 ? "1 node: while it is away nobody can lock" : `${count} nodes: ${failures} may fail`;
  if (count === 1 || count % 2 === 1) return { check: "nodes", verdict: "ok", what };
  const fewer = count - 1;
  const advice = `use ${count + 1} nodes, which survive one more failure, or ${fewer}, which ${fewer === 1 ? "survives" : "survive"} as many`;
  return { check: "nodes", verdict: "warning", what, advice };
}

/** Whether one server is given as several nodes: it would vote twice. */
export function checkIdentity(
  servers: readonly { readonly place: string; readonly info: Info }[],
): Finding[] {
  const known = servers.flatMap(({ place, info }) => {
    const id = "failure" in info ? undefined : info.get("run_id");
    return id === undefined ? [] : [{ place, id }];
  });
  const findings = known.flatMap(({ place, id }, index): Finding[] => {
    const first = known.findIndex((other) => other.id === id);
    if (first === index) return [];
    const what = `the same server as ${known[first]?.place} (run_id): it votes twice`;
    return [
      {
        check: "identity",
        node: place,
        verdict: "danger",
        what,
        advice: "give each server once, by one address",
      },
    ];
  });
  if (findings.length > 0 || servers.length < 2) return findings;
  if (known.length < servers.length)
    return [
      {
        check: "identity",
        verdict: "unknown",
        what: "not every server tells its run_id",
        advice: "make sure that no server is given twice",
      },
    ];
  return [{ check: "identity", verdict: "ok", what: `${servers.length} servers, each another one` }];
}
