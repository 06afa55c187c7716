import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Endings of what shrinks; pictures and fonts are packed already. */
const TEXT = /\.(css|html|js|json|svg|txt)$/;

/** Each text of the page once more as Brotli and gzip, at their slowest and smallest: it is packed once and sent often. */
export function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (!TEXT.test(file.fileName) || file.fileName === "index.html") continue;
        const text = Buffer.from(file.type === "chunk" ? file.code : file.source);
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
        this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotliCompressSync(text, { params: size }) });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gzipSync(text, { level: 9 }) });
      }
    },
  };
}
