import { defineConfig, type ViteUserConfig } from "vitest/config";

/** What holds for every suite. */
const shared = {
  // An unhandled rejection fails a suite, and a test that fails once has failed.
  dangerouslyIgnoreUnhandledErrors: false,
  retry: 0,
  // Limits are for what hangs, not for what is slow: a busy machine may take thirty times as long as a quiet one. The limit of a
  // conformance case, which names it, comes first.
  testTimeout: 270_000,
  hookTimeout: 270_000,
  expect: { poll: { timeout: 60_000 } },
  // As many conformance cases run at once: most of their time they wait.
  maxConcurrency: 8,
  reporters: ["default", "junit"],
  // In the package's folder, where `npm test` looks for every suite's report, whatever its runner is.
  outputFile: { junit: "junit.xml" },
} satisfies ViteUserConfig["test"];

// Ours, and Vite's own for Node.
const conditions = ["@redsync/source", "module", "node", "development|production"];

/** Tests of a package: the workspace runs from its source, so that no test sees an old build. */
export const fromSource: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: shared,
});

/** Tests of what is built, as a user gets it: no condition of ours. */
export const asBuilt: ViteUserConfig = defineConfig({
  test: {
    ...shared,
    // Deadlines and expiries are real here: files side by side would take each other's time.
    fileParallelism: false,
  },
});
