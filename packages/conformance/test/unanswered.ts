/** What `peek` resolves to if there is no answer yet. */
export const pending = Symbol("pending");

/** The promise's value if it has one after two round trips to a real server, which is never a guess about time. */
export async function peek(
  promise: Promise<unknown>,
  witness: { command(...words: string[]): Promise<unknown> },
): Promise<unknown> {
  await witness.command("PING");
  await witness.command("PING");
  return Promise.race([promise, Promise.resolve(pending)]);
}
