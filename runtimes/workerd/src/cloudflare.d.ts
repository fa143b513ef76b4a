declare module "cloudflare:workers" {
  export const env: import("./workers.ts").Env;
}
