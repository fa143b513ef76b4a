import { expectTypeOf, it } from "vitest";
import * as core from "../src/index.ts";
import {
  type AdoptOptions,
  type CallOptions,
  isRedsyncError,
  type Lock,
  type LockFailedError,
  type LockLostError,
  type LockOptions,
  type Mutex,
  type MutexOptions,
  type Operation,
  type RedisNode,
  Redsync,
  type RedsyncError,
  type RedsyncErrorCode,
  type RedsyncEvent,
} from "../src/index.ts";

const node: RedisNode = { send: async () => null };
const mutex = new Redsync(node).mutex("types");

type Token<M extends Mutex> = Awaited<ReturnType<M["lock"]>>["token"];

it("tryLock() narrows by a comparison with null", () => {
  expectTypeOf(mutex.tryLock).returns.resolves.toEqualTypeOf<Lock<false> | null>();
  expectTypeOf(mutex.lock).returns.resolves.toEqualTypeOf<Lock<false>>();
  const use = (lock: Lock | null) => {
    if (lock === null) return expectTypeOf(lock).toBeNull();
    expectTypeOf(lock).toEqualTypeOf<Lock>();
  };
  use(null);
});

it("options reject typos and wrong types", () => {
  // @ts-expect-error a typo
  expectTypeOf<MutexOptions>({ expirey: 1_000 });
  // @ts-expect-error seconds as a string
  expectTypeOf<MutexOptions>({ expiry: "1s" });
  // @ts-expect-error no boolean
  expectTypeOf<MutexOptions>({ fencing: "yes" });
  // @ts-expect-error no duration
  expectTypeOf<MutexOptions>({ maxHold: "5s" });
  // @ts-expect-error tryLock() does not wait
  expectTypeOf(mutex.tryLock).toBeCallableWith({ timeout: 5 });
  // @ts-expect-error a client is no node
  expectTypeOf<RedisNode>({ call: async () => null });
});

it("every option may be undefined, as one that comes from elsewhere", () => {
  const { expiry, onEvent, fencing }: MutexOptions = {};
  expectTypeOf<MutexOptions>({ expiry, onEvent, fencing });
  expectTypeOf(mutex.lock).toBeCallableWith({ timeout: undefined, signal: undefined, waitUntil: undefined });
  const unfenced = new Redsync(node, { expiry: undefined }).mutex("types", { tries: undefined });
  expectTypeOf<Token<typeof unfenced>>().toEqualTypeOf<undefined>();
});

it("CallOptions are what every call takes that asks the nodes", () => {
  expectTypeOf<Lock["extend"]>().parameter(0).toEqualTypeOf<CallOptions | undefined>();
  expectTypeOf<Lock["verify"]>().parameter(0).toEqualTypeOf<CallOptions | undefined>();
  expectTypeOf<LockOptions>().toExtend<CallOptions>();
  expectTypeOf<AdoptOptions>().toExtend<CallOptions>();
});

it("the plain type Redsync takes one with fencing, and one without", () => {
  class Service {
    readonly redsync: Redsync;
    constructor(redsync: Redsync) {
      this.redsync = redsync;
    }
  }
  const fenced = new Service(new Redsync(node, { fencing: true }));
  expectTypeOf(new Service(new Redsync(node))).toEqualTypeOf<Service>();
  const held = fenced.redsync.mutex("types");
  expectTypeOf<Token<typeof held>>().toEqualTypeOf<number | undefined>();
  const asked = fenced.redsync.mutex("types", { fencing: true });
  expectTypeOf<Token<typeof asked>>().toEqualTypeOf<number>();
  expectTypeOf(new Redsync(node)).toEqualTypeOf<Redsync<false>>();
  expectTypeOf(new Redsync(node, { fencing: true })).toEqualTypeOf<Redsync<true>>();
  expectTypeOf<Redsync>().toEqualTypeOf<Redsync<boolean>>();
  class Own extends Redsync<true> {}
  const own = new Own(node, { fencing: true }).mutex("types");
  expectTypeOf<Token<typeof own>>().toEqualTypeOf<number>();
});

it("a token is a number exactly where fencing is on", () => {
  const fenced = new Redsync(node, { fencing: true });
  const perMutex = new Redsync(node).mutex(["a", "b"], { fencing: true, expiry: 1_000 });
  expectTypeOf<Token<typeof mutex>>().toEqualTypeOf<undefined>();
  expectTypeOf<Token<typeof perMutex>>().toEqualTypeOf<number>();
  const inherited = fenced.mutex("types");
  expectTypeOf<Token<typeof inherited>>().toEqualTypeOf<number>();
  const refused = fenced.mutex("types", { fencing: false });
  expectTypeOf<Token<typeof refused>>().toEqualTypeOf<undefined>();
  const unknown = fenced.mutex("types", { fencing: Math.random() > 2 });
  expectTypeOf<Token<typeof unknown>>().toEqualTypeOf<number | undefined>();
  const options: MutexOptions = {};
  const anyOptions = new Redsync(node, options).mutex("types");
  expectTypeOf<Token<typeof anyOptions>>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Awaited<ReturnType<typeof perMutex.adopt>>["token"]>().toEqualTypeOf<number>();
  expectTypeOf<Lock<true>>().toExtend<Lock>();
  expectTypeOf<Mutex<true>>().toExtend<Mutex>();
  expectTypeOf(perMutex.tryLock).returns.resolves.toEqualTypeOf<Lock<true> | null>();
  expectTypeOf(perMutex.using).parameter(0).parameter(0).toEqualTypeOf<Lock<true>>();
  // @ts-expect-error one without fencing has no token to give
  expectTypeOf<Lock<false>>().toExtend<Lock<true>>();
  // @ts-expect-error nor has one of a Redsync without, whatever is wished for
  expectTypeOf<Redsync<false>>().toExtend<Redsync<true>>();
  const wished = (): Mutex<true> => {
    // @ts-expect-error the wish alone does not make it so
    return new Redsync(node).mutex("types", { expiry: 100 });
  };
  expectTypeOf(wished).returns.toEqualTypeOf<Mutex<true>>();
});

it("a lock and a mutex are made by core alone, and have no insides", () => {
  // @ts-expect-error a type, and no class
  const makes = () => [new core.Lock(), new core.Mutex()];
  expectTypeOf(makes).toBeFunction();
  for (const inside of [
    "held",
    "expire",
    "lose",
    "owner",
    "doubt",
    "left",
    "loss",
    "age",
    "renew",
  ] as const) {
    // @ts-expect-error it is not there
    expectTypeOf<Lock>().toHaveProperty(inside);
  }
});

it("a mutex has one name or several, and a lock says which", () => {
  expectTypeOf(new Redsync(node).mutex).parameter(0).toEqualTypeOf<string | readonly string[]>();
  expectTypeOf(mutex.names).toEqualTypeOf<readonly string[]>();
  expectTypeOf<Lock["names"]>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<Lock["name"]>().toBeString();
  // @ts-expect-error no name
  expectTypeOf(new Redsync(node).mutex).toBeCallableWith(["a", 42]);
});

it("adopt() takes the token, and no call that makes one does", () => {
  expectTypeOf(mutex.adopt).toBeCallableWith("value", { token: 1, signal: new AbortController().signal });
  expectTypeOf(mutex.adopt).returns.resolves.toEqualTypeOf<Lock<false>>();
  // @ts-expect-error it makes its own
  expectTypeOf(mutex.lock).toBeCallableWith({ token: 1 });
  // @ts-expect-error adopt() does not wait
  expectTypeOf(mutex.adopt).toBeCallableWith("value", { timeout: 5 });
});

it("a lock can be watched, handed over and disposed of", () => {
  expectTypeOf<Lock["signal"]>().toEqualTypeOf<AbortSignal>();
  expectTypeOf<Lock["handOver"]>().returns.toBeVoid();
  expectTypeOf<Lock>().toExtend<AsyncDisposable>();
  // @ts-expect-error where nobody knows whether fencing is on
  expectTypeOf<Lock>().toHaveProperty("token").toEqualTypeOf<number>();
});

it("using() resolves to what its callback returns", () => {
  expectTypeOf(() => mutex.using(async () => 42)).returns.resolves.toBeNumber();
  expectTypeOf(() => mutex.using((lock) => lock.name)).returns.resolves.toBeString();
  expectTypeOf(mutex.using).parameter(0).parameter(0).toEqualTypeOf<Lock<false>>();
  expectTypeOf(() => mutex.using(() => {}, { timeout: 5 })).returns.resolves.toBeVoid();
  // @ts-expect-error no callback
  expectTypeOf(mutex.using).toBeCallableWith({ timeout: 5 });
});

it("an unlock's result and an error's code are literals", async () => {
  expectTypeOf<Awaited<ReturnType<Lock["unlock"]>>>().toEqualTypeOf<"released" | "expired" | "taken">();
  expectTypeOf<LockFailedError["code"]>().toEqualTypeOf<"REDSYNC_LOCK_FAILED">();
  const guard = (error: unknown) => {
    if (!isRedsyncError(error)) return;
    expectTypeOf(error).toExtend<RedsyncError>();
    if (error.code === "REDSYNC_LOCK_TAKEN") expectTypeOf(error.nodes).toEqualTypeOf<readonly number[]>();
    if (error.code === "REDSYNC_LOCK_LOST") {
      expectTypeOf(error.reason).toEqualTypeOf<"expired" | "taken" | "closed">();
      expectTypeOf(error.result).toBeUnknown();
    }
  };
  guard(undefined);
  expectTypeOf<LockFailedError["code"]>().toExtend<RedsyncErrorCode>();
});

it("events are told apart by their type", () => {
  const tell = (event: RedsyncEvent) => {
    if (event.type === "lost") expectTypeOf(event.reason).toEqualTypeOf<"expired" | "taken" | "closed">();
    if (event.type === "lost") expectTypeOf(event.error).toEqualTypeOf<LockLostError>();
    if (event.type === "nodeFailed") expectTypeOf(event.node).toBeNumber();
    if (event.type === "nodeFailed") expectTypeOf(event.operation).toEqualTypeOf<Operation>();
    if (event.type === "repaired") expectTypeOf(event.node).toBeNumber();
    if (event.type === "extended" || event.type === "acquired") expectTypeOf(event.granted).toBeNumber();
    // @ts-expect-error there is no such event
    if (event.type === "locked") return;
  };
  tell({ type: "released", name: "x", result: "expired", ms: 1, held: 1 });
});
