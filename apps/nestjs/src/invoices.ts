import { setTimeout as sleep } from "node:timers/promises";
import { Injectable } from "@nestjs/common";
import { currentLock, Locked } from "./locked.ts";

/** An example of a provider. */
@Injectable()
export class Invoices {
  /** Nobody else sends this invoice meanwhile. */
  @Locked("invoice:{id}", { timeout: 60_000 })
  async send(id: string, work: number): Promise<string> {
    console.log("begins", id);
    await sleep(work, undefined, { signal: currentLock().signal });
    console.log("ends", id);
    return `sent ${id}`;
  }

  /** Nobody else is at one of the two accounts. */
  @Locked(["account:{transfer.from}", "account:{transfer.to}"])
  async transfer(transfer: { readonly from: string; readonly to: string }): Promise<string> {
    return `from ${transfer.from} to ${transfer.to} under ${[...currentLock().names].sort().join()}`;
  }
}
