import { isRedsyncError } from "@redsync/core";
import type { Answer } from "./answer.ts";
import { respond, wantsPage } from "./respond.ts";
import type { Context, Env, Worker } from "./runtime.ts";
import { openShop, type Shop } from "./shop.ts";

const routes: Readonly<Record<string, { readonly methods: readonly string[]; readonly answer: Route }>> = {
  "/": { methods: ["GET", "HEAD"], answer: show },
  "/buy": { methods: ["POST"], answer: sell },
};

type Route = (shop: Shop, request: Request, context: Context) => Promise<Answer>;

const worker: Worker = {
  async fetch(request, env, context) {
    return respond(request, await answerTo(request, env, context));
  },
};

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default worker;

async function answerTo(request: Request, env: Env, context: Context): Promise<Answer> {
  const route = routes[new URL(request.url).pathname];
  if (route === undefined) return { status: 404, message: "There is nothing here." };
  if (!route.methods.includes(request.method)) {
    const allow = route.methods.join(", ");
    return { status: 405, message: `This takes ${allow}.`, headers: { allow } };
  }
  let shop: Shop;
  try {
    shop = openShop(env);
  } catch (error) {
    return { status: 500, message: `The shop is not set up: ${(error as Error).message}.` };
  }
  try {
    return await route.answer(shop, request, context);
  } catch (error) {
    console.error(error);
    return { status: 502, message: "The shop cannot reach its database. Nothing was sold." };
  }
}

async function show(shop: Shop, request: Request): Promise<Answer> {
  const stock = await shop.look();
  const bought = Number(new URL(request.url).searchParams.get("bought"));
  const isSold = Number.isInteger(bought) && bought > 0 && bought <= stock.of - stock.left;
  return { status: 200, message: isSold ? yours(bought) : "", stock };
}

async function sell(shop: Shop, request: Request, context: Context): Promise<Answer> {
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  const buying = shop.buy({ signal: request.signal, waitUntil });
  // A buyer who leaves in the middle must not leave the lock behind: the request lives until the purchase has ended.
  waitUntil(buying.catch(() => {}));
  const busy = { status: 503, headers: { "retry-after": "1" } };
  try {
    const purchase = await buying;
    if (purchase === "sold out") return { status: 409, message: "Sold out.", stock: await shop.look() };
    if (purchase === "lost")
      return { ...busy, message: "It took too long, and nothing was sold. Try again." };
    if (purchase === "unknown")
      return { status: 502, message: "The database did not answer. Nobody knows whether you have a ticket." };
    const { ticket } = purchase;
    const sold = { message: yours(ticket), ticket };
    // A page that is loaded again must not buy again.
    return wantsPage(request)
      ? { ...sold, status: 303, headers: { location: `/?bought=${ticket}` } }
      : { ...sold, status: 201 };
  } catch (error) {
    if (!isRedsyncError(error) || error.code !== "REDSYNC_LOCK_TAKEN") throw error;
    const stock = await shop.look();
    return stock.left === 0
      ? { status: 409, message: "Sold out.", stock }
      : { ...busy, message: "Many are buying right now. Try again in a moment.", stock };
  }
}

function yours(ticket: number): string {
  return `Ticket ${ticket} is yours.`;
}
