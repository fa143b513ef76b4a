/** What a node answers: RESP's types as JavaScript has them, bulk strings never parsed. */
export type Reply = string | number | null | readonly Reply[];

/** A command as it goes over the wire: its name, then its arguments. */
export type Command = readonly [name: string, ...args: string[]];

/** How a command is to be sent. */
export interface SendOptions {
  /** The first key of the command, which picks the Cluster slot. A client that finds the key by itself may ignore it. */
  readonly key?: string;
  /**
   * "Stop waiting": never proof that the server did not run the command. A client without a way to stop may ignore it.
   * Made on demand: read this property, a spread of the options does not copy it.
   */
  readonly signal?: AbortSignal;
}

/**
 * One independent Redis deployment that votes once: a server, a Sentinel-managed primary, or a whole Cluster.
 *
 * The contract, each sentence a case of the conformance suite:
 * 1. A server's error rejects with an `Error` whose message begins with the Redis error word (`NOSCRIPT`, `WRONGTYPE`).
 * 2. Missing is `null`, integers are numbers, and bulk strings are strings as they went in (`"42"` stays a string).
 * 3. A node never sends a command again, adds no timeout, prefixes no key, swallows nothing, and opens or closes no connection:
 *    the user owns the client.
 * 4. A rejected or abandoned `send` is *unknown*, not *refused*: the command may still run later. Only a server's own
 *    error reply says that it did not. A refusal by the client itself that it can prove was never written: reject with an
 *    error whose `notSent` is true; and `closed` as well if the client was closed, and refuses whatever comes.
 * 5. `subscribe` resolves once the server has confirmed it, and its unsubscribe is idempotent.
 */
export interface RedisNode {
  /** Sends one command and resolves to the server's reply. */
  send(command: Command, options?: SendOptions): Promise<Reply>;
  /**
   * Optional: listens to a channel, by which a server tells whoever waits for a lock that its turn has come. Without it they poll. If the
   * connection is lost it is to listen again by itself: whoever is called asks seldom.
   */
  subscribe?(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>;
  /**
   * Optional: the client behind the node. Two nodes of one client are one vote counted twice, so `Redsync` refuses
   * them if it can see this.
   */
  readonly client?: object;
  /**
   * Optional: whether all keys of one command must share a slot (a Cluster, or a proxy that shards). Such a node is asked about one name
   * in a command. Any other node is asked in one command whatever is asked of it in one turn of the event loop. Default: false.
   */
  readonly slots?: boolean;
  /**
   * Optional: why the client has no connection now, if the client knows that it has none, so that an error can say so. Nothing else
   * depends on it.
   */
  disconnection?(): Error | undefined;
}
