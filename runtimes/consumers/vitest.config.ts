import { mergeConfig } from "vitest/config";
import { asBuilt } from "../../vitest.shared.ts";

// Nothing here is about time.
export default mergeConfig(asBuilt, { test: { globalSetup: "test/install.ts", fileParallelism: true } });
