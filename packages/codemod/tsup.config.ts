import { defineConfig } from "tsup";

/** A program, not a library: one ES module without types. The root's configuration is for libraries. */
export default defineConfig({
  entry: ["src/main.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
});
