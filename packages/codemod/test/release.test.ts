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

const lines = (program: string) => {
  const after = rewritten(`declare const redlock: Redlock;\n${program}\n`);
  return after.split("\n").slice(1, -1).join("\n");
};

it.each([
  ["redlock.release(locks.pop()!)", "locks.pop()!.unlock()"],
  ["redlock.release(take())", "take().unlock()"],
  ["log()\nredlock.release(await take())", "log()\n;(await take()).unlock()"],
  ["const one = {}\n// Both.\nredlock.release(a || b)", "const one = {}\n// Both.\n;(a || b).unlock()"],
  ["if (one) { log() }\nredlock.release(a || b)", "if (one) { log() }\n(a || b).unlock()"],
  ["log();\nredlock.release(a || b);", "log();\n(a || b).unlock();"],
  ["log()\nif (one) redlock.release(a || b)", "log()\nif (one) (a || b).unlock()"],
  ["log()\nawait redlock.release(a || b)", "log()\nawait (a || b).unlock()"],
])("goes on with no line before it: %j becomes %j", (before, after) => {
  expect(lines(before)).toBe(after);
});

it.each([
  [
    "if (own) await redlock.quit();\nelse stop();",
    "if (own) await redlock.close().then(() => redis.quit());\nelse stop();",
  ],
  ["while (own) await redlock.quit();", "while (own) await redlock.close().then(() => redis.quit());"],
  ["if (own) { await redlock.quit(); }", "if (own) { await redlock.close();\nawait redis.quit(); }"],
])("quits the client only where the Redlock quits: %j becomes %j", (before, after) => {
  const program = `const redis = new Redis();\nconst redlock = new Redlock([redis]);\n${before}\n`;
  expect(rewritten(program).split("\n").slice(2, -1).join("\n")).toBe(after);
});
