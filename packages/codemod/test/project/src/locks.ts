import { Redis } from "ioredis";
import Redlock from "redlock";

export const redis = new Redis(process.env.REDIS_URL ?? "redis://localhost:6379");

/** Many want the last seat, so they wait for it. */
export const redlock = new Redlock([redis], {
  retryCount: 200,
  retryDelay: 20,
  retryJitter: 10,
});

export async function closeLocks(): Promise<void> {
  await redlock.quit();
}

redlock.on("error", (error: Error) => {
  if (error.name !== "ResourceLockedError") console.error(error);
});
