/** The packages whose users are moved. */
export const LIBRARIES = ["redlock", "@sesamecare-oss/redlock"];

/** What a Redlock does that is told nothing else, the same in versions 4 and 5 and in the fork. */
export const DEFAULTS = { retryCount: 10, retryDelay: 200, retryJitter: 100 } as const;

/** Methods of a Redlock that acquire. Those `WithOptions` have the settings before the callback. */
export const ACQUIRING = ["acquire", "lock", "acquireWithOptions", "lockWithOptions"];

/** Names under which the class is exported. */
export const CLASS_NAMES = ["default", "Redlock"];
