import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Plugin, transformWithEsbuild } from "vite";

/** Styles of the bar at the top, and of what is seen first below it, in the order of the cascade. `main.tsx` imports the others. */
const BAR = ["ground", "top"];
const VIEW = ["base", "frame", "explore", "record-head"];

/**
 * Let a slow connection paint the page with its first bytes: the styles of what is seen first stand in the document, and
 * everything that is loaded is named at its end. There a style sheet no longer stops what is above it from being drawn.
 * The styles of the view stand after the bar, so that two kilobytes are enough to draw the bar: at 400 kbit/s, each
 * kilobyte before it costs 20 ms. Every browser takes styles there, though HTML names only the head as their place.
 * The service allows the styles by their digests (`src/formats/web/shell.rs`).
 */
export function first(): Plugin {
  return {
    name: "first",
    transformIndexHtml: {
      order: "post",
      async handler(html) {
        const [bar, view] = await Promise.all([BAR, VIEW].map(styles));
        const loaded: string[] = [];
        const rest = html.replaceAll(/\s*<(?:script type="module"[^>]*><\/script>|link rel="(?:stylesheet|modulepreload)"[^>]*>)/g, (tag) => (loaded.push(tag.trim()), ""));
        // A style sheet first: without scripts it is all that is loaded.
        loaded.sort((one, other) => Number(other.includes("stylesheet")) - Number(one.includes("stylesheet")));
        return rest.replace("</head>", `${bar}</head>`).replace("<main", `${view}<main`).replace("</body>", `${loaded.join("")}</body>`);
      },
    },
  };
}

/** These styles as an element. */
async function styles(names: string[]): Promise<string> {
  const sources = names.map((name) => readFileSync(fileURLToPath(new URL(`../src/styles/${name}.css`, import.meta.url)), "utf8"));
  const { code } = await transformWithEsbuild(sources.join("\n"), "first.css", { loader: "css", minify: true });
  return `<style>${code.trim()}</style>`;
}
