import { nameText, plain } from "../shown-text.ts";
import { type Moment, summaryOf } from "./moment.ts";

/** How many holders have a row; the others, which held it last, make room. */
const MAX_ROWS = 12;
const MAX_LABEL = 24;
const UNNAMED = "(does not say who)";

/** Who has had a name, as rows of a terminal, drawn anew over themselves. */
export class Timeline {
  readonly #name: string;
  readonly #moments: Moment[] = [];
  #rows = 0;

  constructor(name: string) {
    this.#name = name;
  }

  async add(moment: Moment): Promise<void> {
    this.#moments.push(moment);
    // A terminal may say that it is 0 wide.
    const columns = process.stdout.columns || 80;
    if (this.#moments.length > columns) this.#moments.shift();
    const rows = drawing(this.#name, this.#moments, columns);
    const up = this.#rows > 0 ? `\x1b[${this.#rows}A` : "";
    this.#rows = rows.length;
    const text = `${up}\r\x1b[J${rows.join("\n")}\n`;
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  }
}

/** The rows: when, who, how many waited, and how it is now. A row is cut to the width. */
export function drawing(name: string, moments: readonly Moment[], width: number): string[] {
  const owners = [...new Set(moments.map(labelOf).filter((label) => label !== undefined))].slice(-MAX_ROWS);
  const label = Math.min(MAX_LABEL, Math.max(7, ...owners.map(({ length }) => length)));
  const shown = moments.slice(-Math.max(1, width - label - 3));
  const [first, last] = [shown[0], shown.at(-1)];
  if (!first || !last) return [];
  const row = (title: string, cell: (moment: Moment) => string) =>
    `${title.slice(0, label).padEnd(label)}  ${shown.map(cell).join("")}`;
  const times = `${first.time.toISOString().slice(11, 19)} to ${last.time.toISOString().slice(11, 19)} UTC`;
  return [
    `${nameText(name)}  ${times}`,
    ...owners.map((owner) => row(owner, (moment) => (labelOf(moment) === owner ? "█" : "·"))),
    row("waiting", ({ waiters }) => (waiters === 0 ? "·" : waiters > 9 ? "+" : String(waiters))),
    row("trouble", ({ status }) => (status === "unknown" ? "?" : status === "split" ? "!" : "·")),
    summaryOf(last),
  ].map((text) => text.slice(0, width));
}

function labelOf({ status, owner }: Moment): string | undefined {
  return status === "held" ? plain(owner ?? UNNAMED) : undefined;
}
