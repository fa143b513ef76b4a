import { glideNode } from "@redsync/valkey-glide";
import { GlideClient, Logger } from "@valkey/valkey-glide";

Logger.setLoggerConfig("off");

// A program that closes its client while it waits for a channel, and then has nothing more to do.
const client = await GlideClient.createClient({
  addresses: [{ host: "127.0.0.1", port: Number(process.argv[2]) }],
});
const node = glideNode(client, { subscriber: client });
const subscribing = node.subscribe?.("channel", () => {}).catch((error) => console.log(error.name));
// The server has been asked by then.
await node.send(["PING"]);
client.close();
await subscribing;
