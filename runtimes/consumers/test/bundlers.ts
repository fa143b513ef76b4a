import { basename, dirname } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

/** Makes one file of a program and all that it imports, for Node. */
type Bundle = (entry: string, output: string) => Promise<void>;

/** What CommonJS of a client asks for, in a bundle that is an ES module. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** The bundlers that users have, each with the least that a program for Node needs. */
export const bundlers: Readonly<Record<string, Bundle>> = {
  async esbuild(entry, output) {
    await esbuild.build({
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm",
      banner: { js: banner },
    });
  },

  async rollup(entry, output) {
    const bundle = await rollup({
      input: entry,
      plugins: [nodeResolve({ exportConditions: ["node"] }), commonjs(), json()],
      external: /^node:/,
      onwarn: () => {},
    });
    await bundle.write({ file: output, format: "esm", inlineDynamicImports: true });
    await bundle.close();
  },

  async vite(entry, output) {
    await vite.build({
      root: dirname(entry),
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: {
        ssr: entry,
        outDir: dirname(output),
        emptyOutDir: false,
        rollupOptions: { output: { entryFileNames: basename(output) } },
      },
    });
  },

  async webpack(entry, output) {
    const compiler = webpack({
      entry,
      target: "node",
      mode: "production",
      experiments: { outputModule: true },
      output: { path: dirname(output), filename: basename(output), module: true, chunkFormat: "module" },
    });
    if (compiler === null) throw new Error("webpack has no compiler");
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString("errors-only")));
        else compiler.close(() => resolve());
      });
    });
  },
};
