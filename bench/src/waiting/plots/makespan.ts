import { axisX, dot, gridX, ruleX, ruleY, text } from "@observablehq/plot";
import { whole } from "../../figures.ts";
import type { Plot } from "../../section.ts";
import type { Outcome } from "../outcome.ts";
import { nameOf } from "./name.ts";
import { colour, NAMES, picture } from "./picture.ts";

/** How long it takes until all who arrived at once are done. */
export function makespanPlot(id: string, title: string, outcomes: readonly Outcome[]): Plot {
  const rows = outcomes
    .flatMap(({ waiter, counted }) => {
      if (counted?.makespan === undefined) return [];
      const { ms, isDone } = counted.makespan;
      const figure = `${isDone ? "" : "> "}${whole.format(ms)}`;
      return [{ name: nameOf(waiter), isOurs: waiter === "redsync", ms, figure }];
    })
    .sort((a, b) => a.ms - b.ms);
  const work = workOf(outcomes);
  const most = rows.at(-1)?.ms ?? 1;
  const stroke = ({ isOurs }: (typeof rows)[number]) => (isOurs ? colour.ours : colour.others);
  return picture(`${id}-makespan`, `Milliseconds until all are done. ${title}`, {
    marginLeft: NAMES,
    marginRight: 48,
    marginTop: 40,
    marginBottom: 22,
    height: 70 + 20 * rows.length,
    // From the work itself, with room for the figure behind the last dot.
    x: { type: "log", domain: [work * 0.9, most * 4], label: null },
    y: { type: "band", domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
    color: { type: "identity" },
    marks: [
      text([title], { frameAnchor: "top-left", dx: 8 - NAMES, dy: -34, fontWeight: 600, fill: colour.ink }),
      text([`ms until all are done, logarithmic; dashed: the work itself`], {
        frameAnchor: "top-left",
        dx: 8 - NAMES,
        dy: -19,
        fill: colour.muted,
      }),
      gridX(
        [100, 1_000, 10_000].filter((ms) => ms > work && ms < most * 4),
        {
          stroke: colour.grid,
          strokeOpacity: 1,
        },
      ),
      axisX(
        [100, 1_000, 10_000].filter((ms) => ms > work && ms < most * 4),
        {
          tickSize: 0,
          color: colour.muted,
          tickFormat: whole.format,
        },
      ),
      ruleX([work], { stroke: colour.ink, strokeDasharray: "3,3" }),
      ruleY(rows, { x1: work, x2: "ms", y: "name", stroke, strokeWidth: 2 }),
      dot(rows, { x: "ms", y: "name", r: 4.5, fill: stroke }),
      text(rows, { x: "ms", y: "name", text: "figure", textAnchor: "start", dx: 9, fill: colour.ink }),
    ],
  });
}

/** What the work alone took, in the median of ours. */
function workOf(outcomes: readonly Outcome[]): number {
  const { ms, ratio } = outcomes.find(({ counted }) => counted?.makespan)?.counted?.makespan ?? {
    ms: 1,
    ratio: 1,
  };
  return ms / ratio;
}
