import type { Harness } from "@redsync/conformance";

type Lacks = NonNullable<Harness["lacks"]>;

export const memory: Lacks = {
  lua: "it runs no Lua, only core's scripts",
  blocking: "it has no command that blocks",
  connections: "it has no connection",
};

export const upstash: Lacks = {
  blocking: "Upstash has no command that blocks",
  connections: "fetch decides how many connections it has",
};
