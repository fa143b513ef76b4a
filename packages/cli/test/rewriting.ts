import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A way to a server on which what it says is changed, into as many bytes: a server that lies about itself. */
export async function rewriting(
  target: { readonly port: number },
  rewrite: (said: string) => string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const proxy = createServer((client) => {
    const server = connect(target.port, "127.0.0.1");
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on("close", end).on("error", end).pipe(server);
    server.on("close", end).on("error", end);
    server.on("data", (data) => client.write(rewrite(data.toString("latin1")), "latin1"));
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      proxy.close();
    },
  };
}
