/** The exit statuses, of which the README has a table. Those of 64 and above are sysexits.h's, except `lost`. */
export const status = {
  done: 0,
  /** `doctor` found a danger; `unlock` was answered with no. */
  no: 1,
  /** EX_USAGE: a wrong argument. Nothing was changed. */
  usage: 64,
  /** EX_UNAVAILABLE: too few nodes can be reached, or they refuse. */
  unavailable: 69,
  /** EX_SOFTWARE: a fault of this program. */
  internal: 70,
  /** EX_TEMPFAIL: somebody else holds the lock. */
  taken: 75,
  /** The lock was lost while the command ran. */
  lost: 79,
  /** As shells have it: the command cannot be run, or is not there. */
  notExecutable: 126,
  notFound: 127,
} as const;

/** The status of what a signal ended, as shells have it; or of what ended before one was passed on. */
export const bySignal = (number: number): number => 128 + number;

/** Ends the program with one line and a status. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** What is wrong with the arguments. */
export function usageError(message: string): Failure {
  return new Failure(status.usage, message);
}
