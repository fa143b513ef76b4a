import { Global, Inject, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Redsync } from '@redsync/core';
import { ioredisNode } from '@redsync/ioredis';

export const REDLOCK = Symbol('REDLOCK');

@Global()
@Module({
  providers: [
    { provide: 'REDIS', useFactory: () => new Redis(process.env.REDIS_URL ?? '') },
    {
      provide: REDLOCK,
      inject: ['REDIS'],
      useFactory: (redis: Redis) => {
        const redlock = new Redsync([ioredisNode(redis)], {
          tries: 6,
          retryDelay: () => 100 + Math.random() * 200,
          onEvent: (event) => {
            if (event.type === "nodeFailed") console.error(event.error);
          },
        });
        return redlock;
      },
    },
    {
      provide: Redsync,
      useFactory: (redis: Redis) => new Redsync([ioredisNode(redis)], { tries: 11, retryDelay: () => 100 + Math.random() * 200 }),
      inject: ['REDIS'],
    },
  ],
  exports: [REDLOCK, Redsync],
})
export class LocksModule {
  constructor(@Inject('REDIS') private readonly redis: Redis) {}

  async onApplicationShutdown() {
    await this.redis.quit();
  }
}
