/** What is called of a client to learn why it has no connection. */
interface Emitter {
  listenerCount?(event: "error"): number;
  on?(event: "error" | "ready", listener: (error: Error) => void): unknown;
}

/** Of the clients that are listened to: the last error since they were ready. */
const lastErrors = new WeakMap<object, { error?: Error | undefined }>();

/** Hears why a client has no connection. Only one that has a listener is given another, once: an error that nobody hears ends a process. */
export function listenTo(client: object): void {
  const emitter = client as Emitter;
  if (lastErrors.has(client) || !emitter.on || !emitter.listenerCount?.("error")) return;
  const last: { error?: Error | undefined } = {};
  lastErrors.set(client, last);
  emitter.on("error", (error) => {
    last.error = error;
  });
  emitter.on("ready", () => {
    last.error = undefined;
  });
}

/** Why a client has no connection, as far as it has said so. */
export function lastErrorOf(client: object): Error | undefined {
  listenTo(client);
  return lastErrors.get(client)?.error;
}

/** Of a host with several addresses the message is empty. */
export function reasonOf({ message, code }: Error & { code?: string }): string {
  return message || String(code);
}

/** Whether it is a server's own word for what somebody has to mend: there will be no connection before. */
export function isDenied({ message }: Error): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM) /.test(message);
}
