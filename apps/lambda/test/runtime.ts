// In the environment: gives each event to the handler, as Lambda's runtime does, and ends it when its time is over.
import { type Event, handler } from "../src/handler.ts";

process.on("message", async ({ event, time }: { event: Event; time: number }) => {
  const end = performance.now() + time;
  const timer = setTimeout(() => process.send?.({ error: "timed out" }), time);
  try {
    process.send?.({
      result: await handler(event, { getRemainingTimeInMillis: () => end - performance.now() }),
    });
  } catch (error) {
    process.send?.({ error: (error as Error).name });
  }
  clearTimeout(timer);
});
