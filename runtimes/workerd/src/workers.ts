/** What is used of the runtime's own types. */
export interface Context {
  waitUntil(work: Promise<unknown>): void;
}

/** A database behind Upstash's protocol. */
interface Database {
  readonly url: string;
  readonly token: string;
}

/** What the runner binds. */
export interface Env {
  readonly DATABASES: readonly Database[];
  /** The ports of the same servers, for TCP: `process.env` has it where there are Node's APIs. */
  readonly REDIS_PORTS: string;
}

/** A module that workerd runs. */
export interface Worker {
  fetch(request: Request, env: Env, context: Context): Promise<Response>;
}

/** The module in front of it. */
export interface Front {
  fetch(request: Request, env: { readonly WORKER: { readonly fetch: typeof fetch } }): Promise<Response>;
}
