import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@redsync/source"] },
  ssr: { resolve: { conditions: ["@redsync/source"] } },
  test: { include: ["test/**/*.test.ts"] },
});
