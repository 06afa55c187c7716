/**
 * The conversation between a frame and the page around it, in WordPress's own messages (`wp-embed-template.js` and
 * `wp-embed.js`). WordPress puts frames of other sites in a sandbox without navigation, and names a secret in the
 * address of the frame. Its page follows links and sets the height when the frame asks with this secret. It hides the
 * frame until the first message.
 */

const secret = /[#?&]secret=([0-9A-Za-z]+)/.exec(location.hash)?.[1];

if (secret && window.parent !== window) {
  const say = (message: "height" | "link", value: number | string) => window.parent.postMessage({ message, value, secret }, "*");
  const sayHeight = () => say("height", Math.ceil(document.documentElement.getBoundingClientRect().height));

  // The first time at once, then whenever the list has loaded or the width has changed.
  new ResizeObserver(sayHeight).observe(document.documentElement);
  // A page that was not listening yet says when it is.
  window.addEventListener("message", ({ data, source }) => {
    if (source === window.parent && data?.message === "ready" && data.secret === secret) sayHeight();
  });
  document.addEventListener("click", (event) => {
    // The links of the element are in its shadow tree.
    const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement && one.hasAttribute("href"));
    if (event.defaultPrevented || !link || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    say("link", link.href);
  });
}
