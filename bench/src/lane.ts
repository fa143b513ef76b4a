import { contestants } from "./contestants.ts";
import type { Entrant } from "./entrant.ts";

/** What sets an entrant's names apart from those of all others, and is as long as theirs, since bytes are counted. */
export function laneOf({ contestant, node = "24" }: Entrant): string {
  const place = Object.keys(contestants).indexOf(contestant);
  return `${String(place).padStart(2, "0")}:${node}`;
}
