import { edgeShop } from "@/edge-shop";
import { payment } from "@/payment";

export const runtime = "edge";

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
  return payment(edgeShop(), request, (await params).id);
}
