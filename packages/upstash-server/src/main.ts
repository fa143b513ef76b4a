// `pnpm --filter @redsync/upstash-server start [redis port]`: prints the variables that clients read, and serves until Ctrl-C.
import { startUpstash } from "./index.ts";

const [port = "6379"] = process.argv.slice(2);
const { url, token } = await startUpstash({ redis: { port: Number(port) } });
console.log(`UPSTASH_REDIS_REST_URL=${url}\nUPSTASH_REDIS_REST_TOKEN=${token}`);
