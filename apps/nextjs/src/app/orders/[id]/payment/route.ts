import { nodeShop } from "@/node-shop";
import { payment } from "@/payment";

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
  return payment(nodeShop(), request, (await params).id);
}
