import type { BreakingMutation } from "../breaking-mutation.ts";

/** Several names in one lock, and fencing tokens. */
export const namesAndTokens: readonly BreakingMutation[] = [
  {
    title: "an extension or a repair without the fence",
    where: "NodeQuestion.constructor",
    what: "token !== undefined",
    becomes: 'round.options.operation === "acquire" && token !== undefined',
    rules: ["the fence goes along", "a quorum stores its token", "tokens grow"],
  },
  {
    title: "a repair without the fence",
    where: "Extension.#repair",
    what: "this.#ownership.token",
    becomes: "undefined",
    rules: ["the fence goes along"],
  },
  {
    title: "an heir without the token",
    where: "adopt",
    what: "new Ownership(spec, value, token)",
    becomes: "new Ownership(spec, value)",
    rules: ["an heir keeps the token"],
  },
  {
    title: "a verdict on several names by any of them",
    where: "Votes.isGranted",
    what: "this.#grantedNames === this.#names",
    becomes: "this.#grantedNames > 0",
    kind: "names",
    rules: ["one holder", "a quorum stores it", "a quorum stores its token"],
  },
  {
    title: "a loss of several names only if all are lost",
    where: "Votes.isLost",
    what: "this.#isLost",
    becomes: "this.#counted.length === this.#names && this.#counted.every((each) => this.#isLostBy(each))",
    kind: "deletions",
    rules: ["one name lost is all lost", "told when it is lost"],
  },
  {
    title: "a loss of several names only if all are lost: extend() does not say it",
    where: "Votes.isLost",
    what: "this.#isLost",
    becomes: "this.#counted.length === this.#names && this.#counted.every((each) => this.#isLostBy(each))",
    kind: "deletions",
    rules: ["one name lost is all lost"],
  },
  {
    title: "an attempt undone under one of its names",
    where: "Ownership.undo",
    what: "this.release(background, { ...again, keys: granted })",
    becomes:
      "this.release(background, { ...again, keys: granted.filter(({ nameIndex }) => nameIndex === 0) })",
    kind: "names",
    rules: ["nothing left behind", "everything undone"],
  },
  {
    title: "no raise of tokens that differ",
    where: "raiseToken",
    what: "votes.isGranted",
    becomes: "true",
    rules: ["tokens grow"],
    checksStorage: false,
  },
  {
    title: "no raise of tokens that differ: too few nodes store it",
    where: "raiseToken",
    what: "votes.isGranted",
    becomes: "true",
    rules: ["a quorum stores its token"],
  },
  {
    title: "a token that is the first instead of the largest",
    where: "raiseToken",
    what: "ownership.token = token",
    becomes:
      "ownership.token = keys.map((key) => round.questions.tokenOf(key)).find((each) => each !== undefined)",
    rules: ["tokens grow"],
    checksStorage: false,
  },
];
