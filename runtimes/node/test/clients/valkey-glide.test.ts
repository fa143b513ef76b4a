import { GlideClient } from "@valkey/valkey-glide";
import { register } from "#register";
import { overServers } from "../harnesses/servers.ts";
import { patience, throughGlide } from "../harnesses/valkey-glide.ts";

register(
  overServers("Valkey GLIDE 2", async ({ host, port }) =>
    throughGlide(await GlideClient.createClient({ addresses: [{ host, port }], ...patience })),
  ),
);
