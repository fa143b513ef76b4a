export {
  type UpstashDatabase,
  type UpstashEnv,
  type UpstashRedis,
  upstashNode,
  upstashNodeFromEnv,
} from "./upstash-node.ts";
