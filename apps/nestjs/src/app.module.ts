import { Module } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { ioredisNode } from "@redsync/ioredis";
import { Redis } from "ioredis";
import { Invoices } from "./invoices";
import { InvoicesController } from "./invoices.controller";
import { LockErrorsFilter } from "./lock-errors.filter";
import { LocksModule, type LocksOptions } from "./locks.module";

@Module({
  imports: [LocksModule.forRootAsync({ useFactory: locksOptions })],
  controllers: [InvoicesController],
  providers: [Invoices, { provide: APP_FILTER, useClass: LockErrorsFilter }],
})
export class AppModule {}

async function locksOptions(): Promise<LocksOptions> {
  const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
    lazyConnect: true,
    // What cannot be asked now is asked again, and not kept for later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  redis.on("error", (error) => console.error(error.message));
  await redis.connect();
  return {
    nodes: ioredisNode(redis),
    defaults: { expiry: 30_000 },
    closeTimeout: 5_000,
    // Not quit(), which is refused while Redis is away: the client would go on connecting.
    onClosed: () => redis.disconnect(),
  };
}
