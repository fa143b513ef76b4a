import { mergeConfig } from "vitest/config";
import { asBuilt } from "../vitest.shared.ts";

// Below peers/ is another package.
export default mergeConfig(asBuilt, { test: { dir: "test", globalSetup: "test/programs.ts" } });
