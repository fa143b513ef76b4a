import { hostname } from "node:os";

const MAX_LENGTH = 64;

/** Who this is, as others see it: `hostname:pid`, cut to what an owner may be. */
export function defaultOwner(): string {
  const pid = `:${process.pid}`;
  const host = hostname().replaceAll(/[/\p{Cc}]/gu, "-");
  return host.slice(0, MAX_LENGTH - pid.length) + pid;
}
