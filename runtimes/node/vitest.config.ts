import { mergeConfig } from "vitest/config";
import { asBuilt } from "../../vitest.shared.ts";

// By far the most tests, and all of them mostly wait: three files at once take half the time.
export default mergeConfig(asBuilt, { test: { fileParallelism: true, maxWorkers: 3 } });
