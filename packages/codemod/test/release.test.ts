import { expect, it } from "vitest";
import { rewritten } from "./rewritten.ts";

const inFunction = (body: string) => {
  const after = rewritten(`async function free(lock: Lock): Promise<void> {\n${body}\n}\n`);
  return after.split("\n").slice(1, -2).join("\n");
};

it.each([
  ["  return lock.release();", "  await lock.unlock();"],
  ["  return await lock.release();", "  await lock.unlock();"],
  ["  if (x) return lock.release();\n  go();", "  if (x) { await lock.unlock(); return; }\n  go();"],
  [
    "  if (x) return lock.release()\n  else return redlock.release(lock)\n  go()",
    "  if (x) { await lock.unlock(); return; }\n  else { await lock.unlock(); return; }\n  go()",
  ],
  [
    "  if (x) { return lock.release(); }\n  throw e;",
    "  if (x) { await lock.unlock(); return; }\n  throw e;",
  ],
  [
    "  while (x) {\n    return await lock.release(); // Now.\n  }\n  go();",
    "  while (x) {\n    await lock.unlock();\n    return; // Now.\n  }\n  go();",
  ],
  [
    `  switch (x) {\n    case 1: return lock.release();\n    default: throw e;\n  }`,
    `  switch (x) {\n    case 1: await lock.unlock(); return;\n    default: throw e;\n  }`,
  ],
  ["  return lock.release()\n  function go() {}", "  await lock.unlock();\n  return;\n  function go() {}"],
])("a return of nothing still returns: %j becomes %j", (before, after) => {
  expect(inFunction(before)).toBe(after);
});
