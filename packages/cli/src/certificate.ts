import { readFileSync } from "node:fs";
import type { NodeUrl } from "./node-urls.ts";
import { messageOf } from "./secrets.ts";
import { usageError } from "./status.ts";

/** What this program shows of itself to a server that asks for it, as Node's `tls.connect` takes it; nothing if none was given. */
export interface Certificate {
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Reads the files of `--cert` and `--key`, which some node must need. Throws a usage error. */
export function readCertificate(
  { cert, key }: { readonly cert?: string; readonly key?: string },
  nodes: readonly NodeUrl[],
): Certificate {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw usageError("--cert and --key go together");
  if (!nodes.some(({ isTls }) => isTls))
    throw usageError("--cert and --key are for rediss:// and rediss+sentinel://: no node has such a URL");
  return { cert: read("--cert", cert), key: read("--key", key) };
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw usageError(`${option}: ${messageOf(error)}`);
  }
}
