import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Endings of what shrinks; pictures and fonts are packed already. */
const TEXT = /\.(css|html|js|json|svg|txt)$/;

/**
 * Each text of the page once more as Brotli and gzip, at their slowest and smallest: it is packed once and sent often.
 *
 * A file that stays larger with gzip than `limits` allows, in bytes by its name, fails the build.
 */
export function packed(limits: Record<string, number> = {}): Plugin {
  return {
    name: "packed",
    apply: "build",
    enforce: "post",
    // Not before everything is written: Vite fills in the names of what is loaded later when others have had their turn.
    writeBundle({ dir = "dist" }, bundle) {
      for (const [name, limit] of Object.entries(limits)) {
        const file = bundle[name];
        const size = file?.type === "chunk" ? gzipSync(file.code, { level: 9 }).length : undefined;
        if (size === undefined) this.error(`${name} is to be packed and is not there`);
        else if (size > limit) this.error(`${name} has ${size} bytes with gzip; at most ${limit} are allowed`);
      }
      for (const file of Object.values(bundle)) {
        if (!TEXT.test(file.fileName) || file.fileName === "index.html") continue;
        const text = Buffer.from(file.type === "chunk" ? file.code : file.source);
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
        const path = join(dir, file.fileName);
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params: size }));
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
