import { mergeConfig } from "vitest/config";
import { fromSource } from "../../vitest.shared.ts";

// Whole programs, of several processes each, on a machine that may be busy.
export default mergeConfig(fromSource, { test: { testTimeout: 60_000 } });
