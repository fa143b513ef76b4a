import { defineConfig } from "vitest/config";

// No condition of ours: the cases run on what is built, as a user gets it.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Deadlines and expiries are real here: files side by side would take each other's time.
    fileParallelism: false,
    // wrangler takes a second to load: once will do.
    isolate: false,
    dangerouslyIgnoreUnhandledErrors: false,
    retry: 0,
  },
});
