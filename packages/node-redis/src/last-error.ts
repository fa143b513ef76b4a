/** What is called of a client to learn why it has no connection. */
interface Emitter {
  listenerCount?(event: "error"): number;
  on?(event: string, listener: (error: Error) => void): unknown;
}

/** Of the clients that are listened to: the last error since they were ready. A pool never says that it is. */
const lastErrors = new WeakMap<object, { error?: Error | undefined }>();

/** Hears why a client has no connection. Only one that has a listener is given another, once: an error that nobody hears ends a process. */
export function listenTo(client: object): void {
  const emitter = client as Emitter;
  if (lastErrors.has(client) || !emitter.on || !emitter.listenerCount?.("error")) return;
  const last: { error?: Error | undefined } = {};
  lastErrors.set(client, last);
  const remember = (error?: Error) => {
    last.error = error;
  };
  // Those of its nodes are a cluster's, which says no more than that of them.
  for (const event of ["error", "node-error"]) emitter.on(event, remember);
  for (const event of ["ready", "node-ready"]) emitter.on(event, () => remember());
}

/** Why a client that has no connection has none, as far as it has said so. One that has a connection may have errors of other things. */
export function lastErrorOf(client: object): Error | undefined {
  listenTo(client);
  return lastErrors.get(client)?.error;
}

/** What a message has behind it for that. Of a host with several addresses an error's own is empty. */
export function reasonOf(cause?: Error & { code?: string }): string {
  return cause ? `: ${cause.message || cause.code}` : "";
}

/** Whether it is a server's own word for what somebody has to mend: there will be no connection before. */
export function isDenied({ message }: Error): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM) /.test(message);
}
