import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server, which leads to another one from `switchTo` on: its connections are cut then. */
export async function switching(first: { port: number }) {
  let { port } = first;
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const each of sockets) each.destroy();
    sockets.clear();
  };
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const each of [client, server]) sockets.add(each.on("close", end).on("error", end));
    client.pipe(server).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    switchTo(next: { port: number }) {
      port = next.port;
      cut();
    },
    async [Symbol.asyncDispose]() {
      proxy.close();
      cut();
    },
  };
}
