import type { RedisNode, Reply } from "@redsync/core";
import { type GlideSubscriber, subscriberBy } from "./subscribe.ts";

/** What is called of a `GlideClient` or a `GlideClusterClient`. */
export interface GlideClient {
  customCommand(args: string[], options: { readonly decoder: 1 }): Promise<unknown>;
}

/** Options of `glideNode`. */
export interface GlideOptions {
  /**
   * What listens to channels, which can be the first client itself, with version 2.3 or later and RESP3, its default. Default: none,
   * because GLIDE gives a message to whoever asks next (`getPubSubMessage`), whatever its channel: all messages of this client
   * go to its nodes, those of your own subscriptions are lost. So give a client through which you do not subscribe, and
   * which was made without `pubsubSubscriptions`. You open and close it, as you do the first. Without one the node does not
   * listen, and waiting for a lock relies on timed retries.
   */
  readonly subscriber?: GlideSubscriber;
}

/** GLIDE's names for server errors whose words they do not show; the others, such as ReadOnly, are the word itself. */
const words: Readonly<Record<string, string>> = {
  ResponseError: "ERR",
  NoScriptError: "NOSCRIPT",
  BusyLoadingError: "LOADING",
  PermissionDenied: "NOPERM",
  ExecAbortError: "EXECABORT",
};

/**
 * A `GlideClient` or a `GlideClusterClient` of Valkey GLIDE 2 as a node.
 *
 * The client stays yours: create and close it. Its `requestTimeout` bounds a command, 250 ms by default; the server may run
 * a command that has timed out. GLIDE has no way to stop a command, so signals are ignored.
 *
 * GLIDE turns the replies of some commands into JavaScript's types, such as those of ZSCORE and HGETALL; what a lock sends is
 * none of them.
 *
 * @throws `TypeError` for anything that is no such client, for a `subscriber` that cannot listen, and for unknown options.
 *
 * @example
 * ```ts
 * const redsync = new Redsync(glideNode(await GlideClient.createClient({ addresses: [{ host: "localhost" }] })));
 * ```
 */
export function glideNode(client: GlideClient, options: GlideOptions = {}): RedisNode {
  checkClient(client);
  checkOptions(options);
  const { subscriber } = options;
  return {
    ...(subscriber !== undefined && { subscribe: subscriberBy(subscriber) }),
    client,
    slots: "invokeScriptWithRoute" in client,
    async send(command) {
      try {
        // Strings, whatever the client's `defaultDecoder` is.
        return asReply(await client.customCommand([...command], { decoder: 1 }));
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

function checkClient(client: object): void {
  const has = (name: string) => typeof (client as Record<string, unknown> | null)?.[name] === "function";
  // A Batch has a `customCommand` too.
  if (typeof client !== "object" || !has("customCommand") || !has("close")) {
    throw new TypeError("glideNode(client) expects a GlideClient or a GlideClusterClient of Valkey GLIDE 2");
  }
}

/** GLIDE gives the integers of PEXPIRE and the like as booleans. */
function asReply(reply: unknown): Reply {
  return typeof reply === "boolean" ? Number(reply) : (reply as Reply);
}

/**
 * What GLIDE says before it has written anything: if it has too many requests in flight, and once it is closed. Other errors of
 * a closed client are about commands that were under way.
 */
const NOT_SENT = /^Reached maximum inflight requests|^Unable to execute requests; the client is closed/;

/**
 * GLIDE has `WRONGTYPE: ...` for the server's `WRONGTYPE ...`, and `An error was signalled by the server: - NoScriptError:
 * ...` for its `NOSCRIPT ...`. Whatever does not come from the server stays as it is, except for a mark if nothing was sent.
 */
function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  if (NOT_SENT.test(message)) {
    const closed = message.includes("is closed");
    return Object.assign(new Error(message, { cause: error }), { notSent: true, closed });
  }
  // Of what is under way when the client is closed it says nothing at all.
  if (message === "") return new Error("its client was closed before the answer came", { cause: error });
  const [, name = "", text] =
    /^(?:An error was signalled by the server: - |(?=[A-Z][A-Z0-9]*:))(\w+): (.*)$/s.exec(message) ?? [];
  return text === undefined
    ? error
    : new Error(`${words[name] ?? name.toUpperCase()} ${text}`, { cause: error });
}

/** Refuses what is no object of options, as `clients.map(glideNode)` gives it, and options that there are not. */
function checkOptions(options: object): void {
  if (typeof options !== "object" || !options || Object.keys(options).some((name) => name !== "subscriber"))
    throw new TypeError("glideNode(client, options) expects { subscriber } as its options, or none");
}
