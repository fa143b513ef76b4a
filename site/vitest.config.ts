import { mergeConfig } from "vitest/config";
import { asBuilt } from "../vitest.shared.ts";

export default mergeConfig(asBuilt, { test: { dir: "test", globalSetup: "test/build.ts" } });
