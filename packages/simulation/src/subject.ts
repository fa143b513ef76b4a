// What is simulated: core, and the store that its nodes hold, which is memory's and is held to a real Redis by memory's own tests.
export { Redsync } from "@redsync/core";
export { execute } from "../../memory/src/commands.ts";
export { Keyspace } from "../../memory/src/keyspace.ts";
export { ScriptCache } from "../../memory/src/script.ts";
