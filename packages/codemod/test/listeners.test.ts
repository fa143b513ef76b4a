import { expect, it } from "vitest";
import { rewritten } from "./rewritten.ts";

/** The listener that a Redlock is given, as it is in the options. */
const option = (listener: string) => {
  const program = `const redlock = new Redlock([client]);\nredlock.on("error", ${listener});\n`;
  const lines = rewritten(program).split("\n").slice(3, -2);
  return lines.map((line) => line.trim()).join("\n");
};

it.each([
  [
    "(event) => log(event)",
    `onEvent: (redsyncEvent) => {\nif (redsyncEvent.type !== "nodeFailed") return;\nconst event = redsyncEvent.error;\nlog(event);\n},`,
  ],
  [
    "(error) => log(event, error)",
    `onEvent: (redsyncEvent) => {\nif (redsyncEvent.type !== "nodeFailed") return;\nconst { error } = redsyncEvent;\nlog(event, error);\n},`,
  ],
  [
    "(error) => send({ event, error })",
    `onEvent: (redsyncEvent) => {\nif (redsyncEvent.type !== "nodeFailed") return;\nconst { error } = redsyncEvent;\nsend({ event, error });\n},`,
  ],
  [
    "event.log",
    `onEvent: (redsyncEvent) => {\nif (redsyncEvent.type === "nodeFailed") event.log(redsyncEvent.error);\n},`,
  ],
  ["logger.event", `onEvent: (event) => {\nif (event.type === "nodeFailed") logger.event(event.error);\n},`],
])("leaves its names to the listener %s", (listener, after) => {
  expect(option(listener)).toBe(after);
});

it.each([
  "(e) => {\n  if (e instanceof ResourceLockedError) { busy++; return; }\n  log(e);\n}",
  `(e) => {\n  if (e.name === "ResourceLockedError") return busy++;\n  log(e);\n}`,
  "(e) => {\n  if (e instanceof ResourceLockedError) busy++;\n  else log(e);\n}",
])("marks what a listener does about contention, which nothing calls: %s", (listener) => {
  const after = option(listener);
  expect(after).toMatch(
    /TODO\(redsync\): .*: see the event "contended" of onEvent\nif \(e instanceof LockTakenError\)/,
  );
  expect(after).not.toContain("rejected with an ExecutionError");
});

it("keeps what else is marked in the statement whose question goes away", () => {
  const after = option("(e) => { if (!(e instanceof ResourceLockedError)) log(e, redlock.settings); }");
  expect(after).toContain("TODO(redsync): a Redsync has no settings");
  expect(after).not.toContain("LockTakenError");
});
