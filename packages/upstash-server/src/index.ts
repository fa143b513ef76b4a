export { startUpstash, type UpstashOptions, type UpstashServer } from "./server.ts";
