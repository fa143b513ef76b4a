import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answering } from "./answering.ts";
import { heldTimers } from "./held-timers.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a first request", () => {
  it.each([
    ["that nobody has answered", () => {}, 0],
    ["that was answered, and not confirmed", (response: ServerResponse) => response.flushHeaders(), 1],
  ])(
    "%s is ended and refused in ten seconds, for which no process is kept alive",
    async (_, answer, answered) => {
      const { limits, pauses } = heldTimers();
      const fetched = vi.spyOn(globalThis, "fetch");
      const responses: ServerResponse[] = [];
      const node = await answering((_, response) => {
        responses.push(response);
        answer(response);
      });
      const refused = expect(node.subscribe?.("channel", () => {})).rejects.toThrow(
        "not confirmed within 10 s",
      );
      const isAnswered = () => fetched.mock.settledResults.filter(({ type }) => type === "fulfilled").length;
      await expect.poll(() => [responses.length, isAnswered()]).toEqual([1, answered]);
      expect(limits.map(({ ms, timer }) => [ms, timer.hasRef()])).toEqual([[10_000, false]]);
      limits[0]?.end();
      await refused;
      await expect.poll(() => responses[0]?.destroyed).toBe(true);
      expect(responses).toHaveLength(1);
      expect(pauses).toEqual([]);
    },
  );

  it("has no limit any more once it is confirmed", async () => {
    const { limits } = heldTimers();
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const node = await answering((_, response) => void response.write("data: subscribe,channel,1\n\n"));
    const leave = await node.subscribe?.("channel", () => {});
    expect(limits).toHaveLength(1);
    expect(cleared).toHaveBeenCalledWith(limits[0]?.timer);
    await leave?.();
  });

  it("has none once it is refused", async () => {
    const { limits } = heldTimers();
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const node = await answering((_, response) => void response.writeHead(500).end("{}"));
    await expect(node.subscribe?.("channel", () => {})).rejects.toThrow("HTTP 500");
    await expect.poll(() => cleared.mock.calls).toContainEqual([limits[0]?.timer]);
  });
});
