import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

/** A server of the built site. */
export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** Serves the built site as any server of files would. */
export async function serveSite(): Promise<Served> {
  const server = createServer(sirv(fileURLToPath(new URL("../dist", import.meta.url))));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
