import { memoryNode } from "@redsync/memory";
import { register } from "#register";

register({
  name: "memory",
  start: async () => {},
  stop: async () => {},
  openNodes: async (count) => ({
    nodes: Array.from({ length: count }, () => memoryNode()),
    close: async () => {},
  }),
  lacks: {
    lua: "it runs no Lua, only core's scripts",
    blocking: "it has no command that blocks",
    connections: "it has no connection",
  },
});
