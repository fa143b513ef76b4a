import { type DynamicModule, Module } from "@nestjs/common";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { Invoices } from "./invoices.ts";
import { LocksModule } from "./locks.module.ts";

@Module({})
class AppModule {}

/** An application that locks in the Redis at this address. */
export function appModule(url: string, closeTimeout: number): DynamicModule {
  const useFactory = async () => {
    const redis = new Redis(url, { lazyConnect: true });
    await redis.connect();
    return {
      nodes: ioredisNode(redis),
      defaults: { expiry: 60_000, timeoutFactor: 0.5 },
      closeTimeout,
      onClosed: () => redis.quit(),
    };
  };
  return { module: AppModule, imports: [LocksModule.forRoot({ useFactory })], providers: [Invoices] };
}
