import { expect, it } from "vitest";
import { answering, rejection, saying } from "./answering.ts";

it("ends a subscription that the server ends before it is confirmed", async () => {
  const node = await saying(200, "data: hello\n\n");
  const failure = await rejection(node.subscribe?.("channel", () => {}) as Promise<unknown>);
  expect(failure.message).toMatch(/^request failed: the response has ended/);
});

/** Listens to a server that says "one" and "two" in one breath, and makes `hear` of them. */
async function listeningToTwo(hear: (message: string, leave: () => Promise<void>) => void) {
  let speak = () => {};
  const node = await answering((_, response) => {
    response.write("data: subscribe,channel,1\n\n");
    speak = () => void response.end("data: message,channel,one\n\ndata: message,channel,two\n\n");
  });
  const leave = await node.subscribe?.("channel", (message) => hear(message, leave as () => Promise<void>));
  speak();
  return leave;
}

it("says nothing more to a listener that has left at the first of two messages", async () => {
  const heard: string[] = [];
  await listeningToTwo((message, leave) => {
    heard.push(message);
    leave().catch(() => {});
  });
  await expect.poll(() => heard).toEqual(["one"]);
});

it("hands what a listener throws to the runtime, and goes on", async () => {
  const thrown: unknown[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error));
  try {
    const leave = await listeningToTwo((message) => {
      throw message;
    });
    await expect.poll(() => thrown).toEqual(["one", "two"]);
    await leave?.();
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
});
