// Becomes the image of a process: what is done here is done once, before the image is made, and every clone goes on from it.
import { startupSnapshot } from "node:v8";
import { Redsync } from "@redsync/core";
import { memoryNode } from "@redsync/memory";

/** What a clone says. */
export interface CloneReport {
  /** Of the lock that was taken before the image was made, and how long the clone takes it to be valid. */
  readonly held: { readonly value: string; readonly until: number; readonly remaining: number };
  /** The values of locks that the clone takes itself. */
  readonly own: readonly string[];
}

const redsync = new Redsync(memoryNode(), { expiry: Number(process.env.EXPIRY) });
const imagedAt = Date.now();
// Also in the clones, which go on with it.
if (process.env.CLOCK === "stands still") Date.now = () => imagedAt;
const locking = redsync.mutex("held before").lock();

startupSnapshot.setDeserializeMainFunction(async () => {
  const lock = await locking;
  const held = { value: lock.value, until: lock.until.getTime(), remaining: lock.remaining() };
  const own: string[] = [];
  for (const name of ["one", "another"]) own.push((await redsync.mutex(name).lock()).value);
  const report: CloneReport = { held, own };
  console.log(JSON.stringify(report));
});
