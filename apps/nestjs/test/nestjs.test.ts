import "reflect-metadata";
import { once } from "node:events";
import { type INestApplicationContext, Injectable, SetMetadata } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { type RedisServer, startServer } from "@redsync/conformance/servers";
import { Redsync } from "@redsync/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { currentLock, Locked } from "../src/locked.ts";
import { LocksModule } from "../src/locks.module.ts";

/** Reports what is inside, and stays there until it is told to go on. */
@Injectable()
class Rooms {
  readonly inside: string[] = [];
  #leave = () => {};

  @Locked("room:{room.name}:{1}")
  async enter(room: { readonly name: string }, floor: number, fail?: Error): Promise<string> {
    this.inside.push(currentLock().name);
    await new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    if (fail) throw fail;
    return `${room.name} on ${floor}`;
  }

  @Locked("room:{name}")
  async guarded(name: string | undefined): Promise<string | undefined> {
    const { signal } = currentLock();
    this.inside.push(`${name}`);
    if (!signal.aborted) await once(signal, "abort");
    return name;
  }

  leave(): void {
    this.#leave();
  }
}

interface House extends AsyncDisposable {
  readonly server: RedisServer;
  /** An application of its own, which the end of the scope closes. */
  open(closeTimeout?: number): Promise<INestApplicationContext & { readonly closed: string[] }>;
}

async function openHouse(): Promise<House> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  return {
    server,
    async open(closeTimeout = 60_000) {
      const closed: string[] = [];
      const redis = stack.adopt(new Redis(server.url), (client) => client.disconnect());
      const locks = LocksModule.forRootAsync({
        useFactory: () => ({
          nodes: ioredisNode(redis),
          defaults: { expiry: 60_000, timeoutFactor: 0.5, tries: 1_000 },
          closeTimeout,
          onClosed: () => closed.push("closed"),
        }),
      });
      const module = { module: class App {}, imports: [locks], providers: [Rooms] };
      const app = await NestFactory.createApplicationContext(module, { logger: ["error"] });
      return Object.assign(app, { closed });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const hall = { name: "hall" };

describe("a method that is @Locked", () => {
  it("runs in one application at a time, with its arguments, its result and its error", async () => {
    await using house = await openHouse();
    const [one, other] = [(await house.open()).get(Rooms), (await house.open()).get(Rooms)];
    const first = one.enter(hall, 1);
    await expect.poll(() => one.inside).toEqual(["room:hall:1"]);
    const failure = new Error("no room");
    const second = other.enter(hall, 1, failure);
    const elsewhere = other.enter(hall, 2);
    await expect.poll(() => other.inside).toEqual(["room:hall:2"]);
    other.leave();
    expect(await elsewhere).toBe("hall on 2");
    expect(other.inside).toHaveLength(1);
    one.leave();
    expect(await first).toBe("hall on 1");
    await expect.poll(() => other.inside).toEqual(["room:hall:2", "room:hall:1"]);
    other.leave();
    await expect(second).rejects.toBe(failure);
    expect(await house.server.command("KEYS", "room:*")).toEqual([]);
  });

  it("rejects, and locks nothing, if the argument is missing", async () => {
    await using house = await openHouse();
    const rooms = (await house.open()).get(Rooms);
    await expect(rooms.guarded(undefined)).rejects.toThrow("undefined, and no name");
    expect(rooms.inside).toEqual([]);
    expect(await house.server.command("KEYS", "*")).toEqual([]);
  });

  it("takes what is in an argument for text, also if it looks like a place", async () => {
    await using house = await openHouse();
    const rooms = (await house.open()).get(Rooms);
    const entered = rooms.enter({ name: "{1}" }, 7);
    await expect.poll(() => rooms.inside).toEqual(["room:{1}:7"]);
    rooms.leave();
    await entered;
  });

  it("must have the argument, or the class is refused", () => {
    const decorate = () => {
      class Wrong {
        @Locked("room:{nobody}")
        async enter(_name: string): Promise<void> {}
      }
      return Wrong;
    };
    expect(decorate).toThrow('enter() has no argument for {nobody} in @Locked("room:{nobody}")');
  });

  it.each(["object", "list", "call", "text"] as const)(
    "must have plain arguments if it has names of them, or the class is refused: %s",
    (key) => {
      class Odd {
        async object({ id, floor }: { readonly id: string; readonly floor: string }, name: string) {
          return id + floor + name;
        }
        async list([id, floor]: readonly string[], name: string) {
          return `${id}${floor}${name}`;
        }
        async call(floor = Math.max(1, 2), name = "hall") {
          return name + floor;
        }
        async text(kind = "a hall, with a name", name = "hall") {
          return kind + name;
        }
      }
      const method = { value: Odd.prototype[key] };
      expect(() => Locked("room:{name}")(Odd.prototype, key, method)).toThrow(
        "have more than names: use {0} in @Locked",
      );
      expect(() => Locked("room:{1}")(Odd.prototype, key, method)).not.toThrow();
    },
  );

  it("keeps what other decorators have said of it", () => {
    const Described = SetMetadata("description", "a room");
    class Both {
      @Locked("room:{name}")
      @Described
      async enter(name: string): Promise<string> {
        return name;
      }
    }
    expect(Reflect.getMetadata("description", Both.prototype.enter)).toBe("a room");
    expect(Both.prototype.enter.name).toBe("enter");
  });

  it("alone has a current lock", () => {
    expect(() => currentLock()).toThrow("no method that is @Locked runs here");
  });
});

describe("an application that is closed", () => {
  it("refuses who waits, lets who works end, and lets go of the client after that", async () => {
    await using house = await openHouse();
    const app = await house.open();
    const rooms = app.get(Rooms);
    const working = rooms.enter(hall, 1);
    await expect.poll(() => rooms.inside).toHaveLength(1);
    const waiting = rooms.enter(hall, 1);
    const refused = expect(waiting).rejects.toMatchObject({ code: "REDSYNC_CLOSED" });
    const closed = app.close();
    await refused;
    expect(app.closed).toEqual([]);
    rooms.leave();
    expect(await working).toBe("hall on 1");
    await closed;
    expect(app.closed).toEqual(["closed"]);
    await expect(app.get(Redsync).mutex("late").tryLock()).rejects.toMatchObject({ code: "REDSYNC_CLOSED" });
    expect(await house.server.command("EXISTS", "room:hall:1")).toBe(0);
  });

  it("aborts the signal of work that does not end in time", async () => {
    await using house = await openHouse();
    const app = await house.open(100);
    const rooms = app.get(Rooms);
    const working = rooms.guarded("hall");
    const lost = expect(working).rejects.toMatchObject({ code: "REDSYNC_LOCK_LOST", reason: "closed" });
    await expect.poll(() => rooms.inside).toHaveLength(1);
    await app.close();
    await lost;
    expect(await house.server.command("EXISTS", "room:hall")).toBe(0);
  });
});
