import { Redsync } from "@redsync/core";
import type { Connection } from "../connection.ts";
import { messageOf } from "../secrets.ts";
import { withPlaces } from "../session.ts";
import type { Finding } from "./finding.ts";
import { inTime } from "./server.ts";

const EXPIRY_MS = 10_000;

/** Locks, extends, verifies and unlocks by core itself, on this node alone. */
export async function checkLock(connection: Connection, name: string): Promise<Finding> {
  const { node, place } = connection;
  const redsync = new Redsync(node, { expiry: EXPIRY_MS, timeoutFactor: 0.5, tries: 1 });
  const started = performance.now();
  try {
    const lock = await redsync.mutex(name).lock();
    await lock.extend();
    await lock.verify();
    await lock.unlock();
    const ms = (performance.now() - started).toFixed(1);
    return {
      check: "lock",
      node: place,
      verdict: "ok",
      what: `locked, extended, verified and unlocked in ${ms} ms`,
    };
  } catch (error) {
    const what = withPlaces(error, [connection]);
    return { check: "lock", node: place, verdict: "danger", what, advice: "fix what the lines above say" };
  } finally {
    await inTime(redsync.close({ timeout: 0 })).catch(() => {});
  }
}

/** Listens to a channel and calls into it, as processes that wait do. */
export async function checkChannels({ node, place }: Connection, name: string): Promise<Finding> {
  const channel = `redsync:${name}`;
  const advice =
    "ACL SETUSER USER +subscribe +unsubscribe +publish &redsync:* (Redis 6 or later): without channels, processes that wait poll";
  if (!node.subscribe)
    return {
      check: "channels",
      node: place,
      verdict: "warning",
      what: "this client does not listen",
      advice,
    };
  try {
    let hear: (message: string) => void = () => {};
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const leave = await inTime(node.subscribe(channel, (message) => hear(message)));
    try {
      await inTime(node.send(["PUBLISH", channel, "doctor"], { key: channel }));
      await inTime(heard);
    } finally {
      await inTime(leave()).catch(() => {});
    }
    return { check: "channels", node: place, verdict: "ok", what: "what is published is heard" };
  } catch (error) {
    return { check: "channels", node: place, verdict: "warning", what: messageOf(error), advice };
  }
}
