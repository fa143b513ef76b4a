import { plain } from "./shown-text.ts";

/** What must not be printed: the passwords of URLs, as they are and as a URL has them, and values of locks. */
const secrets = new Set<string>();

/** What stands before the host of a URL, but for the words in the usage text that say what belongs there. */
const USER_AND_PASSWORD = /:\/\/(?!USER:PASSWORD@HOST:PORT)\S*@/g;

/** From now on it is printed as "***". */
export function keepSecret(text: string): void {
  if (text === "") return;
  secrets.add(text);
  secrets.add(encodeURIComponent(text));
}

/**
 * A text of somebody else's, such as the message of an error, without secrets. The longest first: one may be a part of another. A URL that
 * stands where none is expected was never read: its user and password are left out by their place.
 */
export function withoutSecrets(text: string): string {
  const longestFirst = [...secrets].sort((one, other) => other.length - one.length);
  const hidden = longestFirst.reduce((shown, secret) => shown.replaceAll(secret, "***"), text);
  return hidden.replaceAll(USER_AND_PASSWORD, "://***@");
}

/** The message of an error, on one line. Only the message: clients attach whole commands to their errors. */
export function messageOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  // A server tells the arguments of a command that it does not know, cut anywhere: also in the middle of a value.
  const text = String(message || code || error).replace(/, with args beginning with: .*/s, "");
  return plain(withoutSecrets(text).replaceAll(/\s+/g, " ").trim());
}
