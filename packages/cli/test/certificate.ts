import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsFiles } from "@redsync/conformance/servers";
import { generate } from "selfsigned";

/** A certificate of 127.0.0.1 that vouches for itself, in a folder of its own. Clients may show it as well. */
export async function makeCertificate(): Promise<TlsFiles & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "redsync-certificate-"));
  const made = await generate([{ name: "commonName", value: "redsync" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(cert, made.cert);
  await writeFile(key, made.private);
  return { cert, key, ca: cert, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
