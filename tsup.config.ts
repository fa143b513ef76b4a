import { defineConfig } from "tsup";

// One configuration for every published package; each one's `build` script names it.
export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  // `await using` needs types that a consumer's TypeScript may not have among its own.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  sourcemap: true,
  clean: true,
});
