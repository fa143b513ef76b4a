import { expect, it } from "vitest";
import { afterCore } from "../src/fixture/after-core.ts";
import { gate } from "../src/fixture/faults.ts";
import { beginning } from "../src/fixture/matches.ts";
import { callOf } from "../src/fixture/questions.ts";
import { startCounter } from "./counter.ts";
import { peek, pending } from "./unanswered.ts";

const counter = startCounter();

it("a command about several keys comes after what core has asked about any of them, and no other does", async () => {
  const node = afterCore(counter.faults.node);
  const held = gate();
  counter.faults.inject(held.delivery, beginning("EVAL"));
  const call = callOf({ operation: "acquire", name: "{later}", value: "value" }, 60_000);
  const acquired = node.send(call, { key: "{later}" });
  await held.reached;
  const both = node.send(["EXISTS", "{first}", "{later}"], { key: "{first}" });
  expect(await node.send(["EXISTS", "{first}"], { key: "{first}" })).toBe(0);
  expect(await peek(both, counter)).toBe(pending);
  await held.release();
  expect([await acquired, await both]).toEqual([[1], 1]);
});
