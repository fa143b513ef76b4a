import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { RedsyncEvent, RedsyncEventListener } from "@redsync/core";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { openTimedHouse, until } from "../processes/house.ts";
import { run, shown } from "./snippets.ts";

const NAME = "watched";
const types = ["acquired", "contended", "extended", "repaired", "lost", "released", "failed", "nodeFailed"];

const observers = ["OpenTelemetry", "pino"].map((what) => shown("docs/observability.md", what));
const [openTelemetry = "", forPino = ""] = observers.map(({ code }) => code);

/** Over real servers: whatever can happen to a lock, one thing after the other. Returns the values of the locks. */
async function everything(onEvent: RedsyncEventListener): Promise<string[]> {
  // Every node has a say, so that it is sure which of them hold the lock.
  await using house = await openTimedHouse(3, { tries: 1, failFast: false, onEvent });
  const { clock } = house;
  const mutex = house.redsync.mutex(NAME);
  const lock = await mutex.lock();
  expect(await mutex.tryLock()).toBeNull();
  const [first, second, third] = house.servers;
  await first?.command("DEL", NAME);
  // So much earlier does the hold begin than its extension, by whatever clock the listener looks at.
  await clock.advance(10_000);
  await lock.extend();
  await clock.pass(house.redsync.settled());
  expect(await lock.unlock()).toBe("released");
  await Promise.all(house.servers.map((server) => server.command("SET", NAME, "somebody else")));
  await expect(mutex.lock()).rejects.toThrow("others hold it");
  await Promise.all(house.servers.map((server) => server.command("DEL", NAME)));

  await third?.command("RPUSH", NAME, "of another type");
  const lost = await mutex.lock();
  await first?.command("DEL", NAME);
  await second?.command("SET", NAME, "somebody else");
  await expect(lost.extend()).rejects.toThrow("was lost");
  expect(await lost.unlock()).toBe("taken");
  await clock.pass(house.redsync.settled());
  return [lock.value, lost.value];
}

function linesOf(code: string): number {
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

describe("docs/observability.md", () => {
  it("has about twenty lines for each", () => {
    for (const { code } of observers) expect(linesOf(code)).toBeLessThanOrEqual(26);
  });

  it("tells of every event there is", async () => {
    const told: RedsyncEvent[] = [];
    await everything((event) => told.push(event));
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(types));
  });

  describe("with OpenTelemetry", () => {
    const metricsOut = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: metricsOut });
    const spansOut = new InMemorySpanExporter();
    const tracing = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spansOut })] });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    trace.setGlobalTracerProvider(tracing);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const { onEvent } = run(openTelemetry) as { onEvent: RedsyncEventListener };

    afterAll(async () => {
      await reader.shutdown();
      await tracing.shutdown();
      for (const api of [metrics, trace, context]) api.disable();
    });

    it("counts the events, and measures what took time", async () => {
      await everything(onEvent);
      await reader.forceFlush();
      const measured = metricsOut.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? [];
      const points = new Map(measured.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]));
      const counted = points.get("redsync.events") ?? [];
      expect(new Set(counted.map(({ attributes }) => attributes.type))).toEqual(new Set(types));
      const count = (attributes: object) =>
        counted.find((point) => JSON.stringify(point.attributes) === JSON.stringify(attributes))?.value;
      expect(count({ type: "acquired" })).toBe(2);
      expect(count({ type: "contended" })).toBe(2);
      expect(count({ type: "failed", code: "REDSYNC_LOCK_TAKEN" })).toBe(1);
      expect(count({ type: "repaired", node: 0 })).toBe(1);
      expect(count({ type: "lost", reason: "taken" })).toBe(1);
      expect(count({ type: "released", result: "taken" })).toBe(1);
      expect(count({ type: "nodeFailed", operation: "acquire", node: 2 })).toBeGreaterThan(0);
      for (const name of ["redsync.duration", "redsync.held"]) {
        const [point] = points.get(name) ?? [];
        expect(point?.value, name).toMatchObject({ min: expect.any(Number), count: expect.any(Number) });
      }
    });

    it("makes spans that end now and began when it did, in the trace of the call", async () => {
      spansOut.reset();
      const values = await trace.getTracer("test").startActiveSpan("the request", async (span) => {
        const values = await everything(onEvent);
        span.end();
        return values;
      });
      await until(() => spansOut.getFinishedSpans().some(({ name }) => name === "the request"));
      const spans = spansOut.getFinishedSpans();
      const request = spans.find(({ name }) => name === "the request");
      const ours = spans.filter((span) => span !== request);
      expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(types.map((type) => `redsync ${type}`)));
      for (const span of ours) {
        expect(span.parentSpanContext?.spanId, span.name).toBe(request?.spanContext().spanId);
        expect(span.attributes.name).toBe(NAME);
      }
      const held = ours.find(({ name }) => name === "redsync released");
      const extended = ours.find(({ name }) => name === "redsync extended");
      // The hold began before the extension within it.
      expect(held?.startTime[0]).toBeGreaterThan(1_700_000_000);
      const at = ([s, ns]: readonly number[]) => (s ?? 0) * 1_000 + (ns ?? 0) / 1e6;
      expect(at(held?.startTime ?? [])).toBeLessThan(at(extended?.startTime ?? []));
      const lost = ours.find(({ name }) => name === "redsync lost");
      expect(lost?.status.message).toContain("was lost");
      expect(lost?.events[0]?.attributes?.["exception.type"]).toBe("REDSYNC_LOCK_LOST");
      for (const value of values)
        expect(JSON.stringify(ours.map(({ attributes, events }) => [attributes, events]))).not.toContain(
          value,
        );
    });
  });

  it("an outage of a minute is at most 20 lines and 20 spans, whatever waits", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "warn" }, { write: (line) => void lines.push(line) });
    const { loggedBy } = run(forPino) as { loggedBy(logger: pino.Logger): RedsyncEventListener };
    const log = loggedBy(logger);
    const nodeFailed: RedsyncEvent[] = [];
    const onEvent = (event: RedsyncEvent) => {
      log(event);
      if (event.type === "nodeFailed") nodeFailed.push(event);
    };
    await using house = await openTimedHouse(3, { onEvent, tries: Number.POSITIVE_INFINITY });
    const { clock, redsync } = house;
    for (const server of [0, 1, 2]) await house.lose(server, "freeze");
    const waiting = [1, 2, 3].map((number) => redsync.mutex(`${NAME} ${number}`).lock({ timeout: 60_000 }));
    const ends = Promise.allSettled(waiting);
    await clock.advance(61_000);
    await ends;
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(nodeFailed.length).toBe(lines.length);
    for (const server of [0, 1, 2]) await house.regain(server, "thaw");
    await clock.pass(redsync.settled());
  });

  it("logs with pino, each at its level, with its error and without the value of a lock", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
    const { loggedBy } = run(forPino) as { loggedBy(logger: pino.Logger): RedsyncEventListener };
    const values = await everything(loggedBy(logger));
    const logged = lines.map((line) => JSON.parse(line));
    const levelOf = (msg: string) => [
      ...new Set(
        logged.filter((line) => line.msg === msg).map(({ level }) => pino.levels.labels[level as number]),
      ),
    ];
    expect(Object.fromEntries(types.map((type) => [type, levelOf(`lock ${type}`)]))).toEqual({
      acquired: ["debug"],
      contended: ["debug"],
      extended: ["debug"],
      repaired: ["warn"],
      lost: ["error"],
      released: ["debug", "error"],
      failed: ["debug"],
      nodeFailed: ["warn"],
    });
    for (const line of logged) expect(line).toMatchObject({ lock: NAME });
    const failed = logged.find(({ msg }) => msg === "lock nodeFailed");
    expect(failed).toMatchObject({
      operation: "acquire",
      attempt: 1,
      node: 2,
      err: { code: "REDSYNC_NODE" },
    });
    expect(failed.err.stack).toContain("WRONGTYPE");
    for (const value of values) expect(lines.join("")).not.toContain(value);
  });
});
