import { expect, it } from "vitest";
import { keepSecret, messageOf } from "../src/secrets.ts";

keepSecret("p@ss/word");
keepSecret("p@ss");

it.each([
  ["as it is", "AUTH p@ss/word failed", "AUTH *** failed"],
  ["as a URL has it", "cannot reach redis://:p%40ss%2Fword@host", "cannot reach redis://***@host"],
  ["that is a part of another", "p@ss p@ss/word", "*** ***"],
])("a secret %s is not shown", (_, message, shown) => {
  expect(messageOf(new Error(message))).toBe(shown);
});

it("the placeholder of a URL's form is shown, and what is put in its place is not", () => {
  const form = "no URL: redis://HOST:PORT, rediss://USER:PASSWORD@HOST:PORT/DATABASE";
  expect(messageOf(new Error(form))).toBe(form);
  expect(messageOf(new Error("rediss://USER:PASSWORD@a"))).toBe("rediss://***@a");
  expect(messageOf(new Error("rediss://USER:PASSWORD@b@HOST:PORT"))).toBe("rediss://***@HOST:PORT");
});

it("the arguments of a command that a server does not know are not shown: they may end within a value", () => {
  const error = new Error(
    "ERR unknown command 'evalsha', with args beginning with: 'sha' '1' 'job' '@web-1:42/SECR",
  );
  expect(messageOf(error)).toBe("ERR unknown command 'evalsha'");
});

it("only the message is shown, on one line, or the code where there is none", () => {
  expect(messageOf(Object.assign(new Error("one\n  two"), { command: { args: ["value"] } }))).toBe("one two");
  expect(messageOf(Object.assign(new Error(""), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
  expect(messageOf(undefined)).toBe("undefined");
});
