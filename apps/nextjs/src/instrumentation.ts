/** Next calls this once in each runtime, before it serves any request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startNodeShop } = await import("./node-shop");
  await startNodeShop();
}
