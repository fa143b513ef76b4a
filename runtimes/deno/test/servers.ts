/**
 * The first of each file's five servers. Deno runs the files beside each other, and the tests of a file one after the other: it
 * has no way to run some of them at once.
 */
export const servers = { ioredis: 0, nodeRedis: 5, upstash: 10 } as const;
