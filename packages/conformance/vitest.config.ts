import { defineConfig } from "vitest/config";

// Workspace packages run from their source, so that a test never sees an old build; the rest are Vite's own for Node.
const conditions = ["@redsync/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Real servers: a Cluster takes 2 s to say that it is ok, a Sentinel failover as long.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    dangerouslyIgnoreUnhandledErrors: false,
    retry: 0,
  },
});
