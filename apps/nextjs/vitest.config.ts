export { asBuilt as default } from "../../vitest.shared.ts";
