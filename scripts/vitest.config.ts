import { mergeConfig } from "vitest/config";
import { fromSource } from "../vitest.shared.ts";

// Suites that fail on purpose print what looks like a failure of ours.
export default mergeConfig(fromSource, { test: { silent: "passed-only" } });
