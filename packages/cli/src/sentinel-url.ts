import type { RedisOptions } from "ioredis";
import { keepSecret } from "./secrets.ts";

/** How ioredis asks Sentinel for a server. */
export type SentinelOptions = Pick<
  RedisOptions,
  "sentinels" | "name" | "db" | "username" | "password" | "sentinelUsername" | "sentinelPassword"
>;

/** A server that Sentinel names. */
export interface SentinelUrl {
  readonly url: string;
  readonly place: string;
  readonly isTls: boolean;
  readonly sentinel: SentinelOptions;
}

/** ioredis knows no such URL. The user and the password are the servers'; those of the Sentinels are named as the options of ioredis. */
const SENTINEL_URL =
  /^redis(?<tls>s?)\+sentinel:\/\/(?:(?<user>[^:@]*)(?::(?<password>[^@]*))?@)?(?<hosts>[^@/?#]+)\/(?<name>[^/?#]+)(?:\/(?<db>\d+))?(?:\?(?<query>[^#]*))?$/;

const PORT = 26_379;

/** Reads `redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/DATABASE`, with the host of each Sentinel. Throws if it is none. */
export function readSentinelUrl(url: string): SentinelUrl {
  const parts = SENTINEL_URL.exec(url)?.groups;
  if (parts === undefined) throw new TypeError("no URL of a Sentinel");
  const { tls, user = "", password = "", hosts = "", db = "0", query } = parts;
  const name = decodeURIComponent(parts.name ?? "");
  const { sentinelUsername, sentinelPassword, ...others } = Object.fromEntries(new URLSearchParams(query));
  if (Object.keys(others).length > 0) throw new TypeError("an option that Sentinel does not have");
  for (const secret of [password, decodeURIComponent(password), sentinelPassword ?? ""]) keepSecret(secret);
  const sentinels = hosts.split(",").map((host) => {
    const { hostname, port } = new URL(`redis://${host}`);
    if (hostname === "") throw new TypeError("no host");
    return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || PORT) };
  });
  return {
    url,
    place: `${name} (Sentinel ${hosts.toLowerCase()})`,
    isTls: tls === "s",
    sentinel: {
      sentinels,
      name,
      db: Number(db),
      ...(user && { username: decodeURIComponent(user) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(sentinelUsername && { sentinelUsername }),
      ...(sentinelPassword && { sentinelPassword }),
    },
  };
}
