import { defineConfig } from "vitest/config";

// `pnpm test:unit`, `test:watch` and `test:coverage`: the packages that are tested from their source, together. `npm test` runs each
// one by itself.
export default defineConfig({
  test: {
    projects: ["packages/*/vitest.config.ts", "!packages/{cli,simulation}/vitest.config.ts"],
    coverage: { include: ["src/**"], reporter: ["text"] },
  },
});
