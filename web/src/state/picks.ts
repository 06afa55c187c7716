/** The initiatives that the user picked for a comparison, in the order of picking. The page forgets them when it closes. */

import { useEffect, useState } from "preact/hooks";

/** Most initiatives that fit side by side. */
export const MOST_PICKS = 4;

let picks: readonly string[] = [];
const listeners = new Set<() => void>();

/** Adds an initiative by its slug, or removes it if present. More than fit are ignored. */
export function pick(slug: string): void {
  if (picks.includes(slug)) picks = picks.filter((one) => one !== slug);
  else if (picks.length < MOST_PICKS) picks = [...picks, slug];
  listeners.forEach((listener) => listener());
}

/** Removes all. */
export function clearPicks(): void {
  picks = [];
  listeners.forEach((listener) => listener());
}

export function usePicks(): readonly string[] {
  const [held, setHeld] = useState(picks);
  useEffect(() => {
    const listener = () => setHeld(picks);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return held;
}

/** Address of a comparison. */
export function comparison(slugs: readonly string[]): string {
  return `/compare?${new URLSearchParams(slugs.map((slug) => ["initiative", slug]))}`;
}
