/**
 * `<ccin-initiatives>`: initiatives of the registry on any page.
 *
 * The element's own content is shown until the initiatives are loaded, and stays if the registry cannot be reached. The
 * element sets no inline styles, so it works under a strict content security policy. That policy must allow this script
 * (`script-src`) and its requests (`connect-src`).
 */

import { count } from "../src/format";
import { type Answer, type Asked, asked, findList, findNotices } from "./api";
import sheet from "./element.css?inline";
import { items } from "./list";
import { make } from "./make";

/** Address of the service, which ends in a slash: this script is at its root. */
const SERVICE = new URL(/* @vite-ignore */ ".", import.meta.url).href;
const NAME = "ccin-initiatives";

const style = new CSSStyleSheet();
style.replaceSync(sheet);

class Initiatives extends HTMLElement {
  static readonly observedAttributes = [...asked.names, "view", "heading", "heading-level", "target"];

  private readonly heading = make("div", { part: "heading-box" });
  private readonly status = make("p", { part: "status", role: "status" });
  private readonly fallback = make("div", { part: "fallback" }, make("slot"));
  private readonly notices = make("div", { part: "notices" });
  private readonly map = make("div", { part: "map", hidden: "" });
  private readonly body = make("div", { part: "body" });
  private asking: AbortController | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    // Records are in English, whatever the language of the page.
    root.append(make("div", { part: "box", lang: "en-GB" }, this.heading, this.notices, this.map, this.body, this.fallback, this.status));
  }

  connectedCallback(): void {
    this.ask();
  }

  disconnectedCallback(): void {
    this.asking?.abort();
    this.asking = undefined;
  }

  attributeChangedCallback(): void {
    // Do nothing before the element is on a page: its attributes are still being set.
    if (this.asking) this.ask();
  }

  private ask(): void {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    // Several attributes that change at once cause one request.
    queueMicrotask(() => {
      if (!asking.signal.aborted) void this.show(asking.signal);
    });
  }

  private async show(stop: AbortSignal): Promise<void> {
    const wish = asked(this);
    this.status.textContent = "Loading initiatives …";
    this.setAttribute("aria-busy", "true");
    try {
      const found = await findList(SERVICE, wish, stop);
      this.fill(found, wish);
      // Without the notices, the list is still right.
      const notices = await findNotices(SERVICE, wish, found, stop).catch(() => []);
      if (stop.aborted) return;
      this.notices.replaceChildren(...notices.map((text) => make("p", { part: "notice" }, text)));
      if (this.getAttribute("view") === "map") await this.draw(wish, stop);
      else this.map.hidden = true;
    } catch (error) {
      if (stop.aborted) return;
      this.fail(wish, error);
    }
    this.removeAttribute("aria-busy");
  }

  private fill({ data, total }: Answer, wish: Asked): void {
    const level = this.level();
    const heading = this.getAttribute("heading")?.trim();
    this.heading.replaceChildren(...(heading ? [make(`h${level}`, { part: "heading" }, heading)] : []));
    const titles = Math.min(6, heading ? level + 1 : level);
    const all = count(total, "initiative");
    const shown = data.length < total ? `${data.length} of ${all}` : all;
    this.status.textContent = total === 0 ? "No initiatives match." : shown;
    const more = make("a", { part: "more link", href: `${SERVICE}${wish.page}`, ...this.target() }, this.more(data.length, all, wish));
    this.body.replaceChildren(...(data.length > 0 ? [items(data, SERVICE, titles, this.target())] : []), make("p", { part: "foot" }, more));
    this.fallback.hidden = true;
  }

  private more(shown: number, all: string, wish: Asked): string {
    if (wish.initiative) return "Full record on the CCIN registry";
    return shown > 0 ? `${all.charAt(0).toUpperCase()}${all.slice(1)} on the CCIN registry` : "The CCIN registry";
  }

  private async draw(wish: Asked, stop: AbortSignal): Promise<void> {
    this.map.hidden = false;
    const { drawMap } = await import("./map");
    await drawMap(this.map, this.shadowRoot as ShadowRoot, SERVICE, wish, this.target(), stop);
  }

  /** Shows the author's own content, or a link. The cause goes to the console, for the author of the page. */
  private fail(wish: Asked, error: unknown): void {
    console.warn(`<${NAME}>: ${error instanceof Error ? error.message : String(error)}`);
    this.status.textContent = "The list could not be loaded.";
    this.map.hidden = true;
    this.notices.replaceChildren();
    const own = this.childElementCount > 0;
    this.fallback.hidden = !own;
    const link = () => make("a", { part: "more link", href: `${SERVICE}${wish.page}`, ...this.target() }, "Initiatives on the CCIN registry");
    this.body.replaceChildren(...(own ? [] : [make("p", { part: "foot" }, link())]));
  }

  /** Level of the heading or, without a heading, of the titles. */
  private level(): number {
    const level = Number(this.getAttribute("heading-level"));
    return Number.isInteger(level) && level >= 1 && level <= 6 ? level : 3;
  }

  private target(): Record<string, string> {
    const target = this.getAttribute("target");
    return target ? { target, ...(target === "_blank" ? { rel: "noopener" } : {}) } : {};
  }
}

if (!customElements.get(NAME)) customElements.define(NAME, Initiatives);
