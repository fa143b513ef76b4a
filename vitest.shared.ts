import { defineConfig, type ViteUserConfig } from "vitest/config";

// An unhandled rejection fails a suite, and a test that fails once has failed.
const strict = { dangerouslyIgnoreUnhandledErrors: false, retry: 0 } as const;

// Ours, and Vite's own for Node.
const conditions = ["@redsync/source", "module", "node", "development|production"];

/** Tests of a package: the workspace runs from its source, so that no test sees an old build. */
export const fromSource: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Real servers: a Cluster takes 2 s to say that it is ok, a Sentinel failover as long.
  test: { ...strict, testTimeout: 20_000, hookTimeout: 20_000 },
});

/** Tests of what is built, as a user gets it: no condition of ours. */
export const asBuilt: ViteUserConfig = defineConfig({
  test: {
    ...strict,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Deadlines and expiries are real here: files side by side would take each other's time.
    fileParallelism: false,
  },
});
