import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** A way to a server that is cut once, when what is sent has these words for the so-manieth time. */
export async function dropping({ port }: { port: number }, words: string, time: number) {
  let seen = 0;
  let drops = 0;
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    const end = () => {
      client.destroy();
      server.destroy();
    };
    client.on("close", end).on("error", end);
    server.on("close", end).on("error", end).pipe(client);
    client.on("data", (data) => {
      if (data.includes(words) && ++seen === time) {
        drops++;
        end();
      } else if (server.writable) server.write(data);
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    dropped: () => drops,
    async [Symbol.asyncDispose]() {
      proxy.close();
    },
  };
}
