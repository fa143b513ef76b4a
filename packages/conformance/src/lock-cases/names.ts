import { same } from "../assert.ts";
import { lockCase } from "../fixture/lock-case.ts";
import type { Case } from "../harness.ts";

/** Ways to spell a name; each gets the case's unique text in it. */
const spellings: readonly (readonly [kind: string, spell: (unique: string) => string])[] = [
  ["spaces", (unique) => ` ${unique} and more `],
  ["braces", (unique) => `{${unique}}:{b}`],
  ["stray braces", (unique) => `}{${unique}{`],
  ["newlines", (unique) => `${unique}\r\nDEL *\r\n`],
  ["Unicode", (unique) => `${unique}:naïve ✓ 🔒`],
  ["quotes and backslashes", (unique) => `"${unique}'\\n\\`],
  ["percent signs and slashes", (unique) => `../${unique}/%2F?a=b&c#d`],
  ["a NUL", (unique) => `${unique}\u0000tail`],
  ["10 kB", (unique) => `${unique}${"x".repeat(10_000)}`],
];

/** The name is the Redis key, verbatim, which is what lets Go and TypeScript share a lock. */
export const names: readonly Case[] = spellings.flatMap(([kind, spell]) =>
  lockCase(`a name with ${kind} is the key, as it is`, { nodes: 1 }, async (fixture) => {
    const name = spell(fixture.name);
    const mutex = fixture.redsync().mutex(name);
    const lock = await mutex.lock();
    same([mutex.name, lock.name], [name, name]);
    same(await fixture.keys.values(name), [lock.value]);
    same(await mutex.tryLock(), null);
    await lock.extend();
    same(await lock.unlock(), "released");
    await fixture.settled();
    same(await fixture.keys.values(name), [null]);
  }),
);
