import { expectTypeOf, it } from "vitest";
import {
  isRedsyncError,
  type Lock,
  type LockFailedError,
  type MutexOptions,
  type RedisNode,
  Redsync,
  type RedsyncError,
  type RedsyncErrorCode,
  type RedsyncEvent,
} from "../src/index.ts";

const node: RedisNode = { send: async () => null };
const mutex = new Redsync(node).mutex("types");

it("tryLock() narrows by a comparison with null", () => {
  expectTypeOf(mutex.tryLock).returns.resolves.toEqualTypeOf<Lock | null>();
  expectTypeOf(mutex.lock).returns.resolves.toEqualTypeOf<Lock>();
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
  tell({ type: "lost", name: "x", reason: "expired", held: 1 });
});
