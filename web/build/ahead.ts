import type { HtmlTagDescriptor, Plugin } from "vite";

/** Let browsers fetch the map while they still read the page's own script: nearly every view has one. */
export function ahead(): Plugin {
  return {
    name: "ahead",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) => {
        const later = Object.values(bundle ?? {}).filter((file) => file.type === "chunk" && file.isDynamicEntry);
        return later.map(({ fileName }): HtmlTagDescriptor => ({ tag: "link", attrs: { rel: "modulepreload", href: `/${fileName}` }, injectTo: "head" }));
      },
    },
  };
}
