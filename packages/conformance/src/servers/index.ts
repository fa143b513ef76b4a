export { beginToMoveSlot, type MovingSlot, type RedisCluster, startCluster } from "./cluster.ts";
export { command } from "./command.ts";
export { type ServerOptions, type TlsFiles, tlsPort } from "./home.ts";
export { type Direction, startProxy, type TcpProxy } from "./proxy.ts";
export { type SentinelGroup, startSentinel } from "./sentinel.ts";
export { type RedisServer, startServer, startServers } from "./server.ts";
