/** The exit statuses, of which the README has a table. Those of 64 and above are sysexits.h's. */
export const status = {
  done: 0,
  /** Something is left to do by hand. */
  left: 1,
  /** EX_USAGE: a wrong argument, or no such file. Nothing was changed. */
  usage: 64,
  /** EX_SOFTWARE: a fault of this program. */
  internal: 70,
} as const;

/** Ends the program with one line and a status. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
