export {
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisCommandOptions,
  type NodeRedisOptions,
  type NodeRedisSentinel,
  type NodeRedisSubscriber,
  nodeRedisNode,
} from "./node-redis-node.ts";
