import { styleText } from "node:util";
import spinner from "yocto-spinner";

/** The style, if standard output is a terminal that shows colours and NO_COLOR does not forbid them. */
export function paint(style: "red" | "green" | "bold" | "dim", text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Says how far a run is: a line that moves on a terminal; elsewhere, a line at every quarter. */
export function progress(total: number) {
  // Signals are for who has locks to release.
  const moving = process.stdout.isTTY
    ? spinner({ stream: process.stdout, handleSignals: false }).start()
    : null;
  return {
    show(done: number): void {
      const text = `${done} of ${total} bookings`;
      const isQuarter = Math.floor((done * 4) / total) > Math.floor(((done - 1) * 4) / total);
      if (moving !== null) moving.text = text;
      else if (isQuarter) console.log(`  ${text}`);
    },
    end: () => void moving?.stop(),
  };
}
