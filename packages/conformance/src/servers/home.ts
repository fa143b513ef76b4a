import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a server is to be started. */
export interface ServerOptions {
  /** The port to listen on; by default a free one. */
  readonly port?: number;
  /** Directives of redis.conf, as `{ appendonly: "yes" }` or as whole lines. */
  readonly config?: Readonly<Record<string, string>> | readonly string[];
  /** With it the server also listens for TLS, at its `tlsPort`, and speaks it with other servers. */
  readonly tls?: TlsFiles;
}

/** The files of a certificate, of its key, and of the authority that is trusted. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What differs between a data server and a Sentinel, which share one binary. */
export interface ServerKind {
  /** Arguments behind the configuration file. */
  readonly args: readonly string[];
  /** Directives that the caller's own may override. */
  readonly defaults: readonly string[];
  /** The line of the log after which the server's socket listens. */
  readonly ready: RegExp;
}

function directives(config: ServerOptions["config"] = []): readonly string[] {
  if (Array.isArray(config)) return config;
  return Object.entries(config).map(([name, value]) => `${name} ${value || '""'}`);
}

function tlsDirectives(port: number, { cert, key, ca }: TlsFiles): readonly string[] {
  return [
    `tls-port ${tlsPort(port)}`,
    `tls-cert-file ${cert}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${ca}`,
    "tls-replication yes",
  ];
}

/** Where a server that has a certificate listens for TLS. Nobody's port, as that of a Cluster's bus. */
export function tlsPort(port: number): number {
  return port + 10_000;
}

/**
 * Drawn below every system's range for outgoing connections: a client that keeps connecting to a port there while its
 * server is down can connect to itself, and the server does not get its port back. A Cluster's bus (10000 above) fits too, and is
 * nobody's port.
 */
export function drawPort(): number {
  return 10_000 + Math.floor(Math.random() * 10_000);
}

/**
 * Makes the directory of the server that is to have this port. As long as it is there no other server is given the port, in whatever
 * process, also while this one is down: its clients would find a stranger, and it could not come back.
 */
export async function reserve(port: number): Promise<string> {
  const home = join(tmpdir(), `redsync-server-${port}`);
  await mkdir(home);
  return home;
}

/** Writes the configuration of a server that keeps its data at home. */
export async function writeConfig(
  home: string,
  port: number,
  kind: ServerKind,
  options: ServerOptions,
): Promise<void> {
  const own = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir "${home}"`,
    "daemonize no",
    'logfile ""',
    "loglevel notice",
  ];
  const tls = options.tls ? tlsDirectives(port, options.tls) : [];
  const lines = [...kind.defaults, ...tls, ...directives(options.config), ...own];
  await writeFile(join(home, "redis.conf"), `${lines.join("\n")}\n`);
}
