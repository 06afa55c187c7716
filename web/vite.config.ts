import { defineConfig } from "vite";

import { ahead } from "./build/ahead";
import { first } from "./build/first";
import { outline } from "./build/outline";
import { packed } from "./build/packed";

export default defineConfig({
  plugins: [outline(), ahead(), first(), packed()],
  // Preact's own runtime: no plugin is needed for that.
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    // Under the strict policy of the page nothing may stand in it as data or in place.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev` beside a running service.
  server: { proxy: { "/v1": process.env["CCIN_SERVICE"] ?? "http://127.0.0.1:8080" } },
});
