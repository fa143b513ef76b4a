export {
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisCommandOptions,
  type NodeRedisOptions,
  type NodeRedisSentinel,
  nodeRedisNode,
} from "./node-redis-node.ts";
export type { NodeRedisSubscriber } from "./subscribe.ts";
