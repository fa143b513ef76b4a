import { Body, Controller, Param, Post } from "@nestjs/common";
import { Invoices, type Transfer } from "./invoices";

@Controller()
export class InvoicesController {
  constructor(private readonly invoices: Invoices) {}

  @Post("invoices/:id/mail")
  send(@Param("id") id: string): Promise<string> {
    return this.invoices.send(id);
  }

  @Post("transfers")
  transfer(@Body() transfer: Transfer): Promise<string> {
    return this.invoices.transfer(transfer);
  }
}
