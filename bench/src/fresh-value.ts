import { randomBytes } from "node:crypto";

/** What proves who holds a lock, made anew for each. */
export function freshValue(): string {
  return randomBytes(16).toString("base64");
}
