import { expectTypeOf, it } from "vitest";
import {
  isRedsyncError,
  type Lock,
  type LockFailedError,
  type Mutex,
  type MutexOptions,
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
  // @ts-expect-error tryLock() does not wait
  expectTypeOf(mutex.tryLock).toBeCallableWith({ timeout: 5 });
  // @ts-expect-error a client is no node
  expectTypeOf<RedisNode>({ call: async () => null });
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
});

it("using() resolves to what its callback returns", () => {
  expectTypeOf(() => mutex.using(async () => 42)).returns.resolves.toBeNumber();
  expectTypeOf(() => mutex.using((lock) => lock.name)).returns.resolves.toBeString();
  expectTypeOf(mutex.using).parameter(0).parameter(0).toEqualTypeOf<Lock<false>>();
});

it("an unlock's result and an error's code are literals", async () => {
  expectTypeOf<Awaited<ReturnType<Lock["unlock"]>>>().toEqualTypeOf<"released" | "expired" | "taken">();
  expectTypeOf<LockFailedError["code"]>().toEqualTypeOf<"REDSYNC_LOCK_FAILED">();
  const guard = (error: unknown) => {
    if (!isRedsyncError(error)) return;
    expectTypeOf(error).toExtend<RedsyncError>();
    if (error.code === "REDSYNC_LOCK_TAKEN") expectTypeOf(error.nodes).toEqualTypeOf<readonly number[]>();
  };
  guard(undefined);
  expectTypeOf<LockFailedError["code"]>().toExtend<RedsyncErrorCode>();
});

it("events are told apart by their type", () => {
  const tell = (event: RedsyncEvent) => {
    if (event.type === "lost") expectTypeOf(event.reason).toEqualTypeOf<"expired" | "taken">();
    if (event.type === "nodeFailed") expectTypeOf(event.node).toBeNumber();
    // @ts-expect-error there is no such event
    if (event.type === "locked") return;
  };
  tell({ type: "released", name: "x", result: "expired", ms: 1, held: 1 });
});
