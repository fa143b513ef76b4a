/** The packages whose users are moved. */
export const LIBRARIES = ["redlock", "@sesamecare-oss/redlock"];

/** Whether a specifier means one of these packages, or the file in it that has the class. */
export function isLibrary(specifier: string | undefined): boolean {
  return /^(@sesamecare-oss\/)?redlock(\/dist\/.*|\/redlock(\.js)?)?$/.test(specifier ?? "");
}

/** Whether a text names one of these packages as a module, which a comment or any string may do as well. */
export const namesLibrary = (text: string): boolean => /["'`](@sesamecare-oss\/)?redlock["'`/]/.test(text);

/** Whether a text names the fork as a module. */
export const namesFork = (text: string): boolean => /["'`]@sesamecare-oss\/redlock["'`/]/.test(text);

/** Whether a specifier is that of another library for locks, whose calls look the same. */
export const isOtherLibrary = (specifier: string | undefined): boolean =>
  /^(redlock-universal|redis-semaphore|@upstash\/lock|async-mutex|async-lock|semaphore-async-await)(\/|$)/.test(
    specifier ?? "",
  );

/** What a Redlock does that is told nothing else, the same in versions 4 and 5 and in the fork. */
export const DEFAULTS = { retryCount: 10, retryDelay: 200, retryJitter: 100 } as const;

/** Methods of a Redlock that acquire. Those `WithOptions` have the settings before the callback. */
export const ACQUIRING = ["acquire", "lock", "acquireWithOptions", "lockWithOptions"];

/** Names under which the class is exported. */
export const CLASS_NAMES = ["default", "Redlock"];
