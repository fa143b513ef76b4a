export { fromSource as default } from "../vitest.shared.ts";
