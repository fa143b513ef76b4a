/** What Node, Deno and Bun call to learn what `console.log` is to show. */
export const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** For `console.log`: an object of a class of that name, with these properties and nothing else. */
export function shownAs(name: string, properties: object): object {
  const { [name]: Shown } = { [name]: class {} };
  return Object.assign(new (Shown as new () => object)(), properties);
}
