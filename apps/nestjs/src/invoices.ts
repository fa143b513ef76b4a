import { Injectable } from "@nestjs/common";
import { currentLock, Locked } from "./locked";

export interface Transfer {
  readonly from: string;
  readonly to: string;
}

/** An example of a provider. */
@Injectable()
export class Invoices {
  /** Nobody else sends this invoice meanwhile. Whoever asks waits for ten seconds at most. */
  @Locked("invoice:{id}", { timeout: 10_000 })
  async send(id: string): Promise<string> {
    const url = process.env.MAIL_URL ?? "http://127.0.0.1:8025";
    const { ok, status } = await fetch(url, { method: "POST", body: id, signal: currentLock().signal });
    if (!ok) throw new Error(`the mail service answered ${status}`);
    return `sent ${id}`;
  }

  /** Nobody else is at one of the two accounts. */
  @Locked(["account:{transfer.from}", "account:{transfer.to}"])
  async transfer(transfer: Transfer): Promise<string> {
    return `from ${transfer.from} to ${transfer.to} under ${[...currentLock().names].sort().join()}`;
  }
}
