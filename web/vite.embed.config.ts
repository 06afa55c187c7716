import { defineConfig } from "vite";

import { outline } from "./build/outline";
import { packed } from "./build/packed";

/** What other sites load, under names that stay: `/embed.js`, and `/embed.css` and `/frame.js` for the page within a frame. */
const NAMES: Record<string, string> = { "element.js": "embed.js", "parent.js": "frame.js", "frame.css": "embed.css" };
const named = (name: string, other: string) => NAMES[name] ?? other;

export default defineConfig({
  plugins: [outline(), packed({ "embed.js": 12_000 })],
  publicDir: false,
  // Addresses are relative to the script: it runs on pages of other sites.
  base: "./",
  build: {
    target: "es2022",
    // Beside the page.
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: ["embed/element.ts", "embed/parent.ts", "embed/frame.css"],
      output: {
        entryFileNames: ({ name }) => named(`${name}.js`, "assets/[name]-[hash].js"),
        chunkFileNames: "assets/embed-[name]-[hash].js",
        assetFileNames: ({ names }) => named(names[0] ?? "", "assets/[name]-[hash][extname]"),
      },
    },
  },
});
