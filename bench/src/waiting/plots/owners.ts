import { axisX, barX, gridX, ruleX, text } from "@observablehq/plot";
import { whole } from "../../figures.ts";
import type { Plot } from "../../section.ts";
import { NOBODY } from "../measure.ts";
import type { Outcome } from "../outcome.ts";
import { changesASecond } from "../targets.ts";
import { nameOf } from "./name.ts";
import { colour, NAMES, picture } from "./picture.ts";

/** How often the lock goes from one process to another. */
export function ownersPlot(id: string, title: string, outcomes: readonly Outcome[]): Plot {
  const rows = outcomes
    .filter(({ counted, failure }) => counted !== undefined || failure === NOBODY)
    .map(({ waiter, counted }) => ({
      name: nameOf(waiter),
      isOurs: waiter === "redsync",
      changes: counted === undefined ? 0 : changesASecond(counted),
      figure: counted === undefined ? NOBODY : whole.format(changesASecond(counted)),
    }))
    .sort((a, b) => b.changes - a.changes);
  const first = rows[0]?.changes ?? 0;
  const fill = ({ isOurs }: (typeof rows)[number]) => (isOurs ? colour.ours : colour.others);
  return picture(`${id}-owners`, `Changes of owner a second. ${title}`, {
    marginLeft: NAMES,
    marginRight: 12,
    marginTop: 40,
    marginBottom: 22,
    height: 70 + 20 * rows.length,
    // Room for the figure behind the longest bar.
    x: { domain: [0, first * 1.25], label: null },
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
    color: { type: "identity" },
    marks: [
      text([title], { frameAnchor: "top-left", dx: 8 - NAMES, dy: -34, fontWeight: 600, fill: colour.ink }),
      text(["changes of owner a second"], {
        frameAnchor: "top-left",
        dx: 8 - NAMES,
        dy: -19,
        fill: colour.muted,
      }),
      gridX({ stroke: colour.grid, strokeOpacity: 1, ticks: 4 }),
      axisX({ ticks: 4, tickSize: 0, color: colour.muted }),
      barX(rows, { x: "changes", y: "name", fill, insetTop: 3, insetBottom: 3, rx2: 3 }),
      text(rows, {
        x: "changes",
        y: "name",
        text: "figure",
        textAnchor: "start",
        dx: 4,
        fill: colour.ink,
      }),
      ruleX([0], { stroke: colour.muted }),
    ],
  });
}
