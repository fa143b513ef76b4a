import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { RedsyncEvent } from "../src/index.ts";
import { messageOf, Redaction } from "../src/redact.ts";
import { gate, openedOne, watched } from "./queue-node.ts";

const values = Array.from({ length: 100 }, (_, index) => btoa(`value ${String(index).padStart(9, "0")}`));
const redaction = new Redaction(values);

/** Of this process alone, so that a busy machine does not count. */
function cpuMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe("the error of a command with 100 values", () => {
  it("is without any of them, in its message and behind it, in whatever order they are", () => {
    for (const list of [values, values.toReversed()]) {
      const message = list.slice(0, 40).join(" ");
      const error = new Error(message, { cause: new Error(list.slice(60).join(",")) });
      const copy = redaction.errorOf(error);
      const texts = [copy.message, messageOf(copy.cause), copy.stack, redaction.reasonOf(error)];
      for (const text of texts) for (const value of values) expect(text).not.toContain(value.slice(0, 12));
      expect(copy.message).toBe(Array.from({ length: 40 }, () => "[value]").join(" "));
    }
  });

  it("masks each by itself: what stands between two of them stays", () => {
    const [one = "", other = ""] = values;
    expect(redaction.errorOf(new Error(`a ${one} b ${other}${one} c`)).message).toBe(
      "a [value] b [value][value] c",
    );
  });

  it("masks the longer of two values that begin alike, and what is left of either", () => {
    const alike = new Redaction(["same-beginning", "same-beginning-and-more"]);
    const text = "[same-beginning-and-more] [same-beginning] [same-beginning-and]";
    expect(alike.errorOf(new Error(text)).message).toBe("[[value]] [[value]] [[value]]");
  });

  it("masks values of fewer than eight characters beside longer ones", () => {
    const mixed = new Redaction(["abc", "a-longer-value", "xy"]);
    expect(mixed.errorOf(new Error("abc xy a-longer-value")).message).toBe("[value] [value] [value]");
  });

  it("stays what it is if it carries none of them", () => {
    const error = Object.assign(new Error("READONLY You can't write"), { code: "READONLY" });
    expect(redaction.errorOf(error)).toBe(error);
  });

  it("is searched in linear time: of 1 MB of what only looks like values, in well under a second", () => {
    const starts = values.map((value) => value.slice(0, 7)).join("");
    const long = new Error(starts.repeat(Math.ceil(1_000_000 / starts.length)));
    const args = Object.assign(new Error("gone"), {
      command: { args: Array.from({ length: 10_000 }, () => starts) },
    });
    expect(cpuMs(() => redaction.errorOf(long))).toBeLessThan(500);
    expect(cpuMs(() => redaction.reasonOf(long))).toBeLessThan(500);
    expect(cpuMs(() => redaction.errorOf(args))).toBeLessThan(500);
    const list = Object.assign(new Error("gone"), { errors: Array.from({ length: 50 }, () => starts) });
    expect(cpuMs(() => redaction.errorOf(list))).toBeLessThan(500);
  });

  it("of 100 values costs about what that of one does", () => {
    const text = new Error("x".repeat(19_000));
    const one = new Redaction(values.slice(0, 1));
    const often = (redaction: Redaction) => () => {
      for (let run = 0; run < 20; run++) redaction.errorOf(text);
    };
    often(one)();
    often(redaction)();
    // A search for each of them would take a hundred times as long.
    expect(cpuMs(often(redaction))).toBeLessThan(20 * Math.max(1, cpuMs(often(one))));
  });
});

it("what was given up does not show the value of what was asked with it, and is sent again", async () => {
  const events: RedsyncEvent[] = [];
  const { clock, node, mine } = await openedOne({ onEvent: (event) => void events.push(event) });
  const refusing = gate();
  node.before = () => refusing.promise;
  node.refuse = (questions) => {
    node.before = () => undefined;
    node.refuse = () => undefined;
    // As a proxy without EVALSHA may say it.
    return new Error(`ERR unknown command 'EVALSHA': ${questions.map(({ value }) => value).join(" ")}`);
  };
  const controller = new AbortController();
  const kept = watched(mine.mutex("kept").lock());
  const left = watched(mine.mutex("left").lock({ signal: controller.signal }));
  await clock.advance(10);
  controller.abort();
  refusing.resolve();
  await clock.advance(1_000);
  expect(left.error).toMatchObject({ name: "AbortError" });
  const random = kept.value?.value.split("/").slice(1).join("/") ?? "no lock";
  const failed = events.filter(({ type }) => type === "nodeFailed");
  expect(inspect(failed, { depth: 20, showHidden: true, getters: true })).toContain(
    "EVALSHA': @/[value] @/[value]",
  );
  expect(inspect(failed, { depth: 20, showHidden: true, getters: true })).not.toContain(random);
});
