import type { UpstashEnv } from "@redsync/upstash";

/** What wrangler.jsonc binds, and the secrets. */
export interface Env extends UpstashEnv {
  /** How many tickets there are: a whole number. */
  readonly STOCK: string;
}

/** What is used of a request's context. */
export interface Context {
  waitUntil(work: Promise<unknown>): void;
}

/** A module that workerd runs. */
export interface Worker {
  fetch(request: Request, env: Env, context: Context): Promise<Response>;
}
