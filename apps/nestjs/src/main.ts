// Sends an invoice, and waits for SIGTERM: `pnpm start --id 42 --work 5000`. Start it in two terminals.
import "reflect-metadata";
import { parseArgs } from "node:util";
import { NestFactory } from "@nestjs/core";
import { appModule } from "./app.module.ts";
import { Invoices } from "./invoices.ts";

const { id, work, timeout } = parseArgs({
  options: {
    id: { type: "string", default: "42" },
    work: { type: "string", default: "5000" },
    timeout: { type: "string", default: "10000" },
  },
}).values;

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const app = await NestFactory.createApplicationContext(appModule(url, Number(timeout)), {
  logger: ["error"],
});
app.enableShutdownHooks();
try {
  console.log("asks", id);
  console.log(await app.get(Invoices).send(id, Number(work)));
} catch (error) {
  console.log("failed", (error as Error).name);
}
