import { mergeConfig } from "vitest/config";
import { fromSource } from "../../vitest.shared.ts";

// The browser and what it shows are shared by all tests of a file.
export default mergeConfig(fromSource, { test: { include: ["test/**/*.test.ts"] } });
