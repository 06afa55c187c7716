import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Plugin, transformWithEsbuild } from "vite";

/** Styles of what is seen first, in the order of the cascade. `main.tsx` imports the others. */
const FIRST = ["base", "frame", "explore", "record-head"];

/**
 * Let a slow connection paint the page with its first bytes: the styles of what is seen first stand in the document, and
 * everything that is loaded is named at its end. There a style sheet no longer stops what is above it from being drawn.
 * The service allows the styles by their digest (`src/formats/web/shell.rs`).
 */
export function first(): Plugin {
  return {
    name: "first",
    transformIndexHtml: {
      order: "post",
      async handler(html) {
        const sources = FIRST.map((name) => readFileSync(fileURLToPath(new URL(`../src/styles/${name}.css`, import.meta.url)), "utf8"));
        const { code } = await transformWithEsbuild(sources.join("\n"), "first.css", { loader: "css", minify: true });
        const loaded: string[] = [];
        const rest = html.replaceAll(/\s*<(?:script type="module"[^>]*><\/script>|link rel="(?:stylesheet|modulepreload)"[^>]*>)/g, (tag) => (loaded.push(tag.trim()), ""));
        // A style sheet first: without scripts it is all that is loaded.
        loaded.sort((one, other) => Number(other.includes("stylesheet")) - Number(one.includes("stylesheet")));
        return rest.replace("</head>", `<style>${code.trim()}</style></head>`).replace("</body>", `${loaded.join("")}</body>`);
      },
    },
  };
}
