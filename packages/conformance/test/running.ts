import { afterEach } from "vitest";

/** What a test started, stopped when it ends, however it ends. */
const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.stop()));
});

/** Resolves to what was started, which is stopped when the test ends. */
export async function use<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  running.push(started);
  return started;
}
