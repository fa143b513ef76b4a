import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkText } from "../src/check.ts";

describe("a text", () => {
  const prototype = String.prototype as { isWellFormed?: unknown };
  const { isWellFormed } = prototype;
  beforeEach(() => {
    delete prototype.isWellFormed;
  });
  afterEach(() => {
    Object.defineProperty(prototype, "isWellFormed", {
      value: isWellFormed,
      configurable: true,
      writable: true,
    });
  });

  it.each(["a", "naïve ✓ \u0000 42", "🔒", "a🔒b🔒", "\uD83D\uDD12"])(
    "that is well-formed passes, also on runtimes before ES2024: %j",
    (text) => {
      expect(() => checkText("name", text)).not.toThrow();
    },
  );

  it.each(["", "\uD800", "a\uDC00", "\uDD12\uD83D", "🔒\uD83D"])(
    "that is not is refused there too: %j",
    (text) => {
      expect(() => checkText("name", text)).toThrow("name must be well-formed Unicode, and not empty");
    },
  );
});
