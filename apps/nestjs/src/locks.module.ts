import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
} from "@nestjs/common";
import { type MutexOptions, type RedisNode, Redsync } from "@redsync/core";

export interface LocksOptions {
  readonly nodes: RedisNode | readonly RedisNode[];
  /** Options of every lock. */
  readonly defaults?: MutexOptions;
  /** For how long a stopping application waits for what is locked, in ms. Default: the `expiry`. */
  readonly closeTimeout?: number;
  /** Is called when no request is served any more: the clients may go. */
  readonly onClosed?: () => unknown;
}

const OPTIONS = Symbol("LocksOptions");
type Source = Pick<ModuleMetadata, "imports"> & Pick<FactoryProvider<LocksOptions>, "inject" | "useFactory">;

/** Provides `Redsync` to the whole application, and closes it when that stops (`app.enableShutdownHooks()`, `app.close()`). */
@Module({})
export class LocksModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly redsync: Redsync,
    @Inject(OPTIONS) private readonly options: LocksOptions,
  ) {}

  static forRootAsync({ imports = [], inject = [], useFactory }: Source): DynamicModule {
    const redsync: FactoryProvider<Redsync> = {
      provide: Redsync,
      inject: [OPTIONS],
      useFactory: ({ nodes, defaults }: LocksOptions) => new Redsync(nodes, defaults),
    };
    const providers = [{ provide: OPTIONS, inject, useFactory }, redsync];
    return { module: LocksModule, global: true, imports, providers, exports: [Redsync] };
  }

  /** Nest waits for the requests that are served after this: those that wait for a lock are refused, those that work have their time. */
  async beforeApplicationShutdown(): Promise<void> {
    const { closeTimeout: timeout } = this.options;
    await this.redsync.close({ timeout });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.options.onClosed?.();
  }
}
