import { mergeConfig } from "vitest/config";
import { asBuilt } from "../vitest.shared.ts";

// A contestant is a process: two or three at a time fill a small machine, and more only wait.
export default mergeConfig(asBuilt, { test: { maxConcurrency: 3 } });
