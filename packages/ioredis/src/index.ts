export {
  type IoredisClient,
  type IoredisOptions,
  type IoredisSubscriber,
  ioredisNode,
} from "./ioredis-node.ts";
