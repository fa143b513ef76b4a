import { axisX, axisY, barX, text } from "@observablehq/plot";
import { whole } from "../../figures.ts";
import type { Plot } from "../../section.ts";
import type { Counted, Outcome } from "../outcome.ts";
import { best, changesASecond } from "../targets.ts";
import { type WaiterId, waiter } from "../waiters.ts";
import { nameOf } from "./name.ts";
import { colour, picture } from "./picture.ts";

const SPAN_MS = 250;

/** As wide as a turn of a millisecond and its unlock. */
const TURN_MS = 1.2;

interface Shown {
  readonly waiter: WaiterId;
  readonly counted: Counted;
}

/** Which process held the lock when: ours, and beside it who polls. */
export function timelinePlot(
  id: string,
  title: string,
  outcomes: readonly Outcome[],
  processes: number,
): Plot {
  const panels = chosen(outcomes);
  const turns = panels.flatMap(({ waiter, counted }) => turnsOf(waiter, counted));
  const headings = panels.map(({ waiter, counted }) => ({
    name: waiter,
    says: `${nameOf(waiter)}: ${whole.format(changesASecond(counted))} changes of owner a second`,
  }));
  const fill = ({ name }: { name: WaiterId }) => (name === "redsync" ? colour.ours : colour.others);
  return picture(`${id}-timeline`, `Which process held the lock when. ${title}`, {
    marginLeft: 24,
    marginRight: 26,
    marginTop: 50,
    marginBottom: 34,
    height: 84 + panels.length * (8 * processes + 44),
    fy: { domain: panels.map(({ waiter }) => waiter), label: null, axis: null, padding: 0.28 },
    x: { domain: [0, SPAN_MS], label: null },
    y: { domain: Array.from({ length: processes }, (_, process) => process + 1), label: null },
    color: { type: "identity" },
    marks: [
      text([`${title}: who held the lock when`], {
        frameAnchor: "top-left",
        fy: () => panels[0]?.waiter,
        dx: -16,
        dy: -44,
        fontWeight: 600,
        fill: colour.ink,
      }),
      text(headings, {
        fy: "name",
        text: "says",
        frameAnchor: "top-left",
        dx: -16,
        dy: -17,
        fill: colour.muted,
      }),
      barX(
        panels.flatMap(({ waiter: name }) =>
          Array.from({ length: processes }, (_, process) => ({ name, process: process + 1 })),
        ),
        { fy: "name", x1: 0, x2: SPAN_MS, y: "process", fill: colour.grid, fillOpacity: 0.5, inset: 0.5 },
      ),
      barX(turns, {
        fy: "name",
        x1: "from",
        x2: "to",
        y: "process",
        fill,
        inset: 0.5,
        insetLeft: 0,
        insetRight: 0,
      }),
      axisY({ tickSize: 0, color: colour.muted, fontSize: 9 }),
      axisX({
        ticks: 5,
        tickSize: 0,
        color: colour.muted,
        label: null,
        tickFormat: (ms: number) => `${ms} ms`,
      }),
    ],
  });
}

/** Ours, the peer whose owners change the most, and redlock with its own pauses: or else the next of those that pause so. */
function chosen(outcomes: readonly Outcome[]): Shown[] {
  const ours = outcomes.flatMap(({ waiter, counted }) =>
    waiter === "redsync" && counted !== undefined ? [{ waiter, counted }] : [],
  );
  const first = best(outcomes, changesASecond);
  const slow = best(
    outcomes.filter((each) => each.waiter !== first?.waiter && waiter(each.waiter).retryMs === undefined),
    changesASecond,
  );
  const redlock = best(
    outcomes.filter((each) => each.waiter === "redlock"),
    ({ acquired }) => acquired,
  );
  return [...ours, first, redlock ?? slow].filter((each) => each !== undefined);
}

/** Its last turns, from a moment in the middle of what was counted. */
function turnsOf(name: WaiterId, { holdings }: Counted) {
  const end = holdings.at(-1)?.at ?? 0;
  const begin = Math.max(holdings[0]?.at ?? 0, end - 2 * SPAN_MS);
  return holdings
    .filter(({ at }) => at >= begin && at < begin + SPAN_MS)
    .map(({ at, process }) => ({
      name,
      process: process + 1,
      from: at - begin,
      to: Math.min(SPAN_MS, at - begin + TURN_MS),
    }));
}
