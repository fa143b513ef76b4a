// A lock that renews itself for an hour, and whose signal is watched; and nothing else to do.
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";

const redsync = new Redsync([memoryNode(), memoryNode(), memoryNode()], {
  autoExtend: true,
  expiry: 3_600_000,
});
const lock = await redsync.mutex("kept").lock();
lock.signal.addEventListener("abort", () => console.log("lost"));
console.log(`holds ${lock.name}`);
