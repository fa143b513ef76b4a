/**
 * What is asked of a node for a name and a value. A repair gives a held lock back to a node that lost it: an acquire that keeps
 * the lock's token. An adoption is an extension of a lock whose token somebody else passed on.
 */
export type Operation = "acquire" | "repair" | "extend" | "adopt" | "release" | "verify" | "inspect";
