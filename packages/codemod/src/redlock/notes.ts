/** What is different everywhere, so that no place is marked for it. */
export const notesFor = ({ usesFork }: { readonly usesFork: boolean }): readonly string[] => [
  ...(usesFork ? [OF_FORK] : []),
  ...NOTES,
];

const OF_FORK =
  "@sesamecare-oss/redlock kept its locks in database 0, unless its option db said otherwise; redsync keeps them in its client's.";

const NOTES: readonly string[] = [
  'unlock() of a lock that has expired resolves to "expired" or "taken"; release() rejected.',
  "using() rejects with a LockLostError if the lock was lost while the routine ran; a routine no longer has to look at its signal.",
  "Locks are extended when a third of their expiry has passed, so automaticExtensionThreshold is gone.",
  "onEvent is told of a node's failures (type \"nodeFailed\") when they begin and now and then; somebody else's lock is no failure.",
  "An attempt ends after a twentieth of the expiry: connect a client before the first lock, which redlock waited for.",
  "As long as redlock runs beside it, on names that are always waited for, give new Redsync() fair: false.",
  "Call await redsync.settled(), or close(), before a client is closed: a call returns before the slowest node has answered.",
  "https://github.com/redsync/redsync-js/tree/main/docs/migrating says more.",
];
