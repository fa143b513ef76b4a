import { mergeConfig } from "vitest/config";
import { asBuilt } from "../../vitest.shared.ts";

// wrangler takes a second to load: once will do.
export default mergeConfig(asBuilt, { test: { isolate: false } });
