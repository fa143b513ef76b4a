import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/install.ts",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    dangerouslyIgnoreUnhandledErrors: false,
    retry: 0,
  },
});
