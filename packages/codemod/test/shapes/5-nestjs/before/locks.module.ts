import { Global, Inject, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import Redlock from 'redlock';

export const REDLOCK = Symbol('REDLOCK');

@Global()
@Module({
  providers: [
    { provide: 'REDIS', useFactory: () => new Redis(process.env.REDIS_URL ?? '') },
    {
      provide: REDLOCK,
      inject: ['REDIS'],
      useFactory: (redis: Redis) => {
        const redlock = new Redlock([redis], { retryCount: 5 });
        redlock.on('error', console.error);
        return redlock;
      },
    },
    {
      provide: Redlock,
      useFactory: (redis: Redis) => new Redlock([redis]),
      inject: ['REDIS'],
    },
  ],
  exports: [REDLOCK, Redlock],
})
export class LocksModule {
  constructor(@Inject('REDIS') private readonly redis: Redis) {}

  async onApplicationShutdown() {
    await this.redis.quit();
  }
}
