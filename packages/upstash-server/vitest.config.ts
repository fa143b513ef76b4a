import { defineConfig } from "vitest/config";

// Workspace packages run from their source, so that a test never sees an old build; the rest are Vite's own for Node.
const conditions = ["@redsync/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    hookTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    retry: 0,
  },
});
