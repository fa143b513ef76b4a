import { createClient } from "redis";
import { register } from "#register";
import { throughNodeRedis } from "../harnesses/node-redis.ts";
import { overServers } from "../harnesses/servers.ts";

// It speaks RESP3 by default, and so listens beside its other work.
register(overServers("node-redis 6", ({ url }) => throughNodeRedis(createClient({ url }))));
