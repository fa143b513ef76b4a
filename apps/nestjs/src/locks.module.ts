import {
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
  /** Is called when nothing is locked any more: the clients may go. */
  readonly onClosed?: () => unknown;
}

/** What is given to the factory, and from which modules. */
type Source = Pick<ModuleMetadata, "imports"> & Pick<FactoryProvider<LocksOptions>, "inject" | "useFactory">;

const OPTIONS = Symbol("LocksOptions");

/** Provides `Redsync` to the whole application, and closes it when that stops (`app.enableShutdownHooks()`, `app.close()`). */
@Module({})
export class LocksModule implements OnApplicationShutdown {
  @Inject(Redsync) private readonly redsync!: Redsync;
  @Inject(OPTIONS) private readonly options!: LocksOptions;

  static forRoot({ imports = [], inject = [], useFactory }: Source): DynamicModule {
    return {
      module: LocksModule,
      global: true,
      imports,
      providers: [
        { provide: OPTIONS, inject, useFactory },
        {
          provide: Redsync,
          inject: [OPTIONS],
          useFactory: ({ nodes, defaults }: LocksOptions) => new Redsync(nodes, defaults),
        },
      ],
      exports: [Redsync],
    };
  }

  /** The application takes no requests any more by then. */
  async onApplicationShutdown(): Promise<void> {
    const { closeTimeout, onClosed } = this.options;
    await this.redsync.close({ timeout: closeTimeout });
    await onClosed?.();
  }
}
