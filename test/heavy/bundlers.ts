import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { type BuildOptions, build } from "esbuild";
import { type Plugin, rollup } from "rollup";
import webpack from "webpack";
import { runNode } from "../run-node.ts";

const require = createRequire(import.meta.url);
// Required, because to `import` them is right and their types say that it is not.
const commonjs: (options: { ignore: string[] }) => Plugin = require("@rollup/plugin-commonjs");
const terser: () => Plugin = require("@rollup/plugin-terser");

/** One way to bundle a program with all that it imports, as `index.js` in the folder `dist`. */
export interface Bundle {
  format: "esm" | "cjs";
  /** What is imported later, as undici is, may be in a second file beside it. */
  mayBeSplit?: boolean;
  bundle(program: string, dist: string): Promise<void>;
}

/** By the bundler's name, then by its options. What is set is what a user must set. */
export const bundlers: Record<string, Record<string, Bundle>> = {
  esbuild: {
    ESM: withEsbuild("esm"),
    "ESM, minify": withEsbuild("esm", { minify: true }),
    "ESM, keep-names": withEsbuild("esm", { keepNames: true }),
    "ESM, minify and keep-names": withEsbuild("esm", { minify: true, keepNames: true }),
    CommonJS: withEsbuild("cjs"),
    "CommonJS, minify and keep-names": withEsbuild("cjs", { minify: true, keepNames: true }),
  },
  rollup: {
    ESM: withRollup("esm"),
    "ESM, terser": withRollup("esm", true),
    CommonJS: withRollup("cjs"),
    "CommonJS, terser": withRollup("cjs", true),
  },
  webpack: { ESM: withWebpack("esm"), CommonJS: withWebpack("cjs") },
  ncc: {
    ESM: withNcc("esm"),
    "ESM, minify": withNcc("esm", ["--minify"]),
    CommonJS: withNcc("cjs"),
  },
};

function withEsbuild(format: Bundle["format"], options: BuildOptions = {}): Bundle {
  // undici is CommonJS, and esbuild leaves its `require("node:net")` as it is.
  const js =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  return {
    format,
    async bundle(program, dist) {
      await build({
        entryPoints: [program],
        outfile: join(dist, "index.js"),
        bundle: true,
        platform: "node",
        target: "node22",
        format,
        logLevel: "error",
        ...(format === "esm" ? { banner: { js } } : {}),
        ...options,
      });
    },
  };
}

function withRollup(format: Bundle["format"], isSmall = false): Bundle {
  return {
    format,
    async bundle(program, dist) {
      const input = await rollup({
        input: program,
        external: /^node:/,
        plugins: [
          nodeResolve(),
          // Loaded by undici for a cache that is not used here; older Nodes warn of it.
          commonjs({ ignore: ["node:sqlite"] }),
          isSmall && terser(),
        ],
        onwarn(warning) {
          // What TypeScript makes of `using` asks for a `this` that may be undefined.
          if (warning.code !== "THIS_IS_UNDEFINED") throw new Error(warning.message);
        },
      });
      await input.write({
        file: join(dist, "index.js"),
        format,
        // Else undici, which is imported when the first request is made, is a second file.
        inlineDynamicImports: true,
      });
      await input.close();
    },
  };
}

function withWebpack(format: Bundle["format"]): Bundle {
  return {
    format,
    async bundle(program, dist) {
      const compiler = webpack({
        mode: "production",
        target: "node22",
        entry: program,
        output: {
          path: dist,
          filename: "index.js",
          ...(format === "esm" ? { module: true, library: { type: "module" } } : {}),
        },
        ...(format === "esm" ? { experiments: { outputModule: true } } : {}),
        // Else undici is a second file, as under rollup.
        module: { parser: { javascript: { dynamicImportMode: "eager" } } },
      });
      const stats = await promisify(compiler.run.bind(compiler))();
      await promisify(compiler.close.bind(compiler))();
      if (stats?.hasErrors() !== false) throw new Error(stats?.toString("errors-only"));
    },
  };
}

function withNcc(format: Bundle["format"], options: string[] = []): Bundle {
  return {
    format,
    mayBeSplit: true,
    async bundle(program, dist) {
      const cli = require.resolve("@vercel/ncc/dist/ncc/cli.js");
      const order = ["build", program, "--out", dist, "--no-cache", "--quiet", ...options];
      const { code, stdout, stderr } = await runNode([cli, ...order]);
      if (code !== 0) throw new Error(`${stdout}${stderr}`);
    },
  };
}
