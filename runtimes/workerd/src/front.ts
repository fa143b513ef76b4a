import type { Front } from "./workers.ts";

const cancelled = new Set<string>();

/**
 * Stands before the worker, because a client that goes away is not noticed by the runtime on this machine, while a caller
 * that aborts is: the request then ends as it does where its visitor closes the page.
 */
const front: Front = {
  async fetch(request, { WORKER }) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/cancel") {
      cancelled.add(search.slice(1));
      return new Response();
    }
    const controller = new AbortController();
    const watching = setInterval(() => cancelled.has(pathname) && controller.abort(), 5);
    try {
      return await WORKER.fetch(request.url, { signal: controller.signal });
    } catch (error) {
      return new Response(String(error), { status: 499 });
    } finally {
      cancelled.delete(pathname);
      clearInterval(watching);
    }
  },
};

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default front;
