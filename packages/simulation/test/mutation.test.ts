import { describe, expect, it } from "vitest";
import { sources } from "../src/mutant.ts";
import { type Mutation, mutated, parse } from "../src/mutation.ts";
import { mutations } from "../src/mutations.ts";
import { shownBy } from "../src/shown-by.ts";

const written = `
/** A door. */
export class Door {
  readonly #isOpen = () => this.#state === "open";
  get width(): number {
    // Never less.
    return Math.max(
      this.#least, // As it was made.
      this.#most,
    );
  }
  shut(): void {
    if (this.#isOpen()) this.#bang(1_000);
    this.#bang(10);
  }
}
export function open(door: Door): void { door.push(); door.push(); }
export const handle = (door: Door) => door.pull('slowly');
`;

const door = [parse("/packages/house/src/door.ts", written), parse("/packages/house/src/empty.ts", "")];

const mutate = (mutation: Omit<Mutation, "title">, sources = door) =>
  mutated({ title: "a broken door", ...mutation }, sources).text;

describe("a mutation finds its place", () => {
  it("however it is laid out, and without the comments", () => {
    const what = "Math.max(this.#least, this.#most)";
    const text = mutate({ where: "Door.width", what, becomes: "0" });
    expect(text).toBe(written.replace(/Math\.max[^;]*/, "0"));
  });

  it("however strings, numbers and the ends of lists are spelt", () => {
    const text = mutate({ where: "handle", what: 'door.pull("slowly",)', becomes: "0" });
    expect(text).toContain("=> 0;");
    expect(mutate({ where: "Door.shut", what: "this.#bang(1000)", becomes: "" })).toContain(
      "if (this.#isOpen()) ;\n    this.#bang(10);",
    );
  });

  it("in whichever file the function is", () => {
    const moved = [parse("/packages/house/src/a.ts", ""), parse("/packages/house/src/b.ts", written)];
    const what = 'this.#state === "open"';
    const { path } = mutated({ title: "", where: "Door.#isOpen", what, becomes: "true" }, moved);
    expect(path).toBe("/packages/house/src/b.ts");
  });
});

describe("a mutation that has lost its place says which it is, and what to do", () => {
  const what = "door.push()";
  const lost = /^the mutation "a broken door" has lost its place: .*correct `where` and `what` of that entry/;

  it("without its function", () => {
    const attempt = () => mutate({ where: "close", what, becomes: "" });
    expect(attempt).toThrow("no function is called close");
    expect(attempt).toThrow(lost);
  });

  it("with two functions of that name", () => {
    const attempt = () => mutate({ where: "open", what, becomes: "" }, [...door, ...door]);
    expect(attempt).toThrow("open is in packages/house/src/door.ts and in packages/house/src/door.ts");
    expect(attempt).toThrow(lost);
  });

  it("without its expression", () => {
    const attempt = () => mutate({ where: "open", what: "door.pull()", becomes: "" });
    expect(attempt).toThrow("open in packages/house/src/door.ts has no `door.pull()`");
    expect(attempt).toThrow(lost);
  });

  it("with its expression twice", () => {
    const attempt = () => mutate({ where: "open", what, becomes: "" });
    expect(attempt).toThrow(
      "open in packages/house/src/door.ts has `door.push()` 2 times, so say more of it",
    );
    expect(attempt).toThrow(lost);
  });
});

it("every mutation of the table has its place, and a title of its own", () => {
  const complaints = mutations.flatMap((mutation) => {
    try {
      mutated(mutation, sources);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  expect(complaints).toEqual([]);
  expect(new Set(mutations.map(({ title }) => title)).size).toBe(mutations.length);
});

it("shown-by.json names mutations that there are", () => {
  const titles = mutations.map(({ title }) => title);
  expect(Object.keys(shownBy).filter((title) => !titles.includes(title))).toEqual([]);
});
