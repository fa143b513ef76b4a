import { ConflictException, Inject, Injectable } from '@nestjs/common';
import { isRedsyncError, Redsync } from '@redsync/core';
import { REDLOCK } from './locks.module';

@Injectable()
export class OrdersService {
  constructor(
    @Inject(REDLOCK) private readonly locks: Redsync,
    private readonly redlock: Redsync,
  ) {}

  async pay(orderId: string): Promise<string> {
    try {
      return await this.locks.mutex(`order:${orderId}`, { expiry: 5_000, tries: 3, retryDelay: 100 }).using(
        async ({ signal }) => {
          await this.charge(orderId, signal);
          return 'paid';
        },
      );
    } catch (error) {
      if (isRedsyncError(error)) throw new ConflictException();
      throw error;
    }
  }

  async cancel(orderId: string): Promise<void> {
    const lock = await this.redlock.mutex(`order:${orderId}`, { expiry: 5_000 }).lock();
    await lock.unlock();
  }

  private async charge(orderId: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw signal.reason ?? new Error(orderId);
  }
}
