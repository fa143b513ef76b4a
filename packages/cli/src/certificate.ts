import { readFileSync } from "node:fs";
import { messageOf } from "./secrets.ts";
import { usageError } from "./status.ts";

/** What this program shows of itself to a server that asks for it, as Node's `tls.connect` takes it; nothing if none was given. */
export interface Certificate {
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Reads the files of `--cert` and `--key`. Throws a usage error. */
export function readCertificate({
  cert,
  key,
}: {
  readonly cert?: string;
  readonly key?: string;
}): Certificate {
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) throw usageError("--cert and --key go together");
  return { cert: read("--cert", cert), key: read("--key", key) };
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw usageError(`${option}: ${messageOf(error)}`);
  }
}
