import { mergeConfig } from "vitest/config";
import { asBuilt } from "../vitest.shared.ts";

export default mergeConfig(asBuilt, { test: { globalSetup: "test/programs.ts" } });
