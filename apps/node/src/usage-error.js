/** A wrong argument or a wrong REDIS_URLS: nothing was started. */
export class UsageError extends Error {}
