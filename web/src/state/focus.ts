import { useLayoutEffect } from "preact/hooks";

/**
 * Keeps the focus when what has it is moved or removed: on the same element, or otherwise on the one with this id.
 * Without it, a keyboard starts again at the top of the page.
 */
export function useKeptFocus(otherwise: string): void {
  // While a component is rendered, the document is still as it was.
  const before = document.activeElement;
  useLayoutEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!lost || !(before instanceof HTMLElement) || before === document.body) return;
    if (before.isConnected) before.focus({ preventScroll: true });
    else document.getElementById(otherwise)?.focus({ preventScroll: true });
  });
}
