import type { Random } from "./random.ts";
import { type Line, Subscription } from "./subscription.ts";

/** Of which process, on which server, and what is around them. */
type Place = Omit<Line, "random">;

/** All that one process listens to on one server. */
export class Subscriptions {
  readonly #place: Place;
  /** What core's own address is replaced by. */
  readonly #address: string;
  readonly #random: Random;
  readonly #all = new Set<Subscription>();

  constructor(place: Place, address: string, random: Random) {
    this.#place = place;
    this.#address = address;
    this.#random = random;
  }

  /** Resolves, when the server has confirmed it, to what ends it. */
  add(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>> {
    if (!channel.startsWith("redsync:")) throw new Error(`a channel of another kind: ${channel}`);
    const line = { ...this.#place, random: this.#random.fork() };
    const own = channel.slice("redsync:".length);
    const hear = (message: string) => onMessage(message.replace(this.#address, own));
    return new Promise((resolve) => {
      const subscription = new Subscription(line, `redsync:${this.#address}`, hear, () =>
        resolve(async () => {
          subscription.end();
          this.#all.delete(subscription);
        }),
      );
      this.#all.add(subscription);
      subscription.start();
    });
  }

  /** How many core has not left. */
  get wanted(): number {
    return [...this.#all].filter(({ isWanted }) => isWanted).length;
  }

  /** The connection for messages breaks. */
  break(): void {
    for (const subscription of this.#all) subscription.break();
  }

  /** The process is gone, and the server notices. */
  end(): void {
    for (const subscription of this.#all) subscription.end();
  }
}
