import vue from "@vitejs/plugin-vue";
import { defaultClientConditions, defineConfig } from "vite";

/** A page with nothing but the playground. The site has it on a page of its own. */
export default defineConfig({
  plugins: [vue()],
  resolve: { conditions: ["@redsync/source", ...defaultClientConditions] },
});
