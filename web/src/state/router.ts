/** Routing: every view has an address, and the browser's buttons work. */

import { useEffect, useState } from "preact/hooks";

/** The current address. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

/** Paths of this page. All others belong to the service, such as `/docs/` and `/v1/…`. */
const OURS = /^\/($|initiatives(\/|$)|councils(\/|$)|themes(\/|$)|organisations(\/|$)|compare$|about$)/;

const listeners = new Set<() => void>();
const scrolled = new Map<string, number>();
let wasMoved = false;

/** The current address, outside of a component. */
export function here(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

function entry(): string {
  return (window.history.state as { entry?: string } | null)?.entry ?? "first";
}

let current = entry();
/** The current view. The browser handles moves within it. */
let shown = window.location.pathname + window.location.search;
/** Last address of each list, by its path, for links from a record back to the list. */
const left = new Map<string, string>();

/** Goes to an address of this page. `replace` replaces the current history entry. */
export function go(address: string, { replace = false } = {}): void {
  const before = window.location.pathname;
  scrolled.set(current, window.scrollY);
  const state = { entry: replace ? current : `${Date.now()}.${Math.random()}` };
  if (replace) window.history.replaceState(state, "", address);
  else window.history.pushState(state, "", address);
  current = state.entry;
  const elsewhere = window.location.pathname !== before;
  wasMoved ||= elsewhere;
  tell();
  if (elsewhere) window.scrollTo(0, 0);
  if (window.location.hash) soon(() => document.getElementById(window.location.hash.slice(1))?.scrollIntoView());
}

/** The last address of the list at this path, or the path itself. */
export function leftAt(path: string): string {
  return left.get(path) ?? path;
}

function tell(): void {
  shown = window.location.pathname + window.location.search;
  left.set(window.location.pathname, shown);
  listeners.forEach((listener) => listener());
}

/** Runs a function after the earlier content is shown again, which takes a frame or two. */
function soon(what: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(what));
}

/** Call once. Follows links without reloading the page, and restores the scroll position on going back. */
export function start(): void {
  window.history.scrollRestoration = "manual";
  left.set(window.location.pathname, shown);
  window.addEventListener("popstate", () => {
    if (window.location.pathname + window.location.search === shown) return;
    scrolled.set(current, window.scrollY);
    current = entry();
    wasMoved = true;
    tell();
    const height = scrolled.get(current) ?? 0;
    soon(() => window.scrollTo(0, height));
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== window.location.origin || !OURS.test(link.pathname) || isWithin(link)) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

/** True for a link to a part of the current page. */
function isWithin(link: HTMLAnchorElement): boolean {
  return link.hash !== "" && link.pathname === window.location.pathname && link.search === window.location.search;
}

/** The current address, also after it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/** True once after each move to another view. Its heading then takes the focus, so that screen readers read it. */
export function takeMoved(): boolean {
  const moved = wasMoved;
  wasMoved = false;
  return moved;
}
