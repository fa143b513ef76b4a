import { ConflictException, Inject, Injectable } from '@nestjs/common';
import Redlock, { ExecutionError, type RedlockAbortSignal } from 'redlock';
import { REDLOCK } from './locks.module';

@Injectable()
export class OrdersService {
  constructor(
    @Inject(REDLOCK) private readonly locks: Redlock,
    private readonly redlock: Redlock,
  ) {}

  async pay(orderId: string): Promise<string> {
    try {
      return await this.locks.using(
        [`order:${orderId}`],
        5_000,
        { retryCount: 2, retryDelay: 100, retryJitter: 0 },
        async (signal) => {
          await this.charge(orderId, signal);
          return 'paid';
        },
      );
    } catch (error) {
      if (error instanceof ExecutionError) throw new ConflictException();
      throw error;
    }
  }

  async cancel(orderId: string): Promise<void> {
    const lock = await this.redlock.acquire([`order:${orderId}`], 5_000);
    await lock.release();
  }

  private async charge(orderId: string, signal: RedlockAbortSignal): Promise<void> {
    if (signal.aborted) throw signal.error ?? new Error(orderId);
  }
}
