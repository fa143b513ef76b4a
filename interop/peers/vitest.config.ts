import { asBuilt } from "../../vitest.shared.ts";

export default asBuilt;
