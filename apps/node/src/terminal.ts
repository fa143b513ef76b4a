import { styleText } from "node:util";

const out = process.stdout;

/** The style, where standard output is a terminal that shows colours and NO_COLOR does not forbid them. */
export function paint(style: "red" | "green" | "bold" | "dim", text: string): string {
  return text === "" ? text : styleText(style, text, { stream: out });
}

export function print(text = ""): void {
  out.write(`${text}\n`);
}

/** How many columns a line may have. */
export function width(): number {
  return Math.min(Math.max(out.columns ?? 100, 60), 120);
}

/** Says how far a run is. */
export interface Progress {
  show(done: number): void;
  end(): void;
}

const BAR = 30;
const EVERY_MS = 50;

/** A bar that moves on a terminal; elsewhere, a line at every quarter. */
export function progress(total: number): Progress {
  return out.isTTY ? bar(total) : quarters(total);
}

function bar(total: number): Progress {
  let shown = 0;
  return {
    show(done) {
      const time = performance.now();
      if (time - shown < EVERY_MS) return;
      shown = time;
      const full = Math.round((done / total) * BAR);
      out.write(`\r  ${"█".repeat(full)}${"░".repeat(BAR - full)} ${done} of ${total} bookings`);
    },
    end: () => void out.write("\r\x1b[K"),
  };
}

function quarters(total: number): Progress {
  let quarter = 0;
  return {
    show(done) {
      const reached = Math.floor((done / total) * 4);
      if (reached === quarter) return;
      quarter = reached;
      print(`  ${done} of ${total} bookings`);
    },
    end() {},
  };
}
