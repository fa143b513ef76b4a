import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@redsync/source", "module", "node", "development|production"] },
  ssr: { resolve: { conditions: ["@redsync/source", "module", "node", "development|production"] } },
  // Whole programs, of several processes each, on a machine that may be busy.
  test: { testTimeout: 60_000, hookTimeout: 20_000 },
});
