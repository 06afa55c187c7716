import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { takeMoved } from "../state/router";

/**
 * The heading of a view. It sets the title of the document. After a move from another view it takes the focus, so that
 * screen readers and keyboards continue from there.
 */
export function Heading({ title, children, class: style }: { title: string; children?: ComponentChildren; class?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title ? `${title} – CCIN registry` : "CCIN registry";
    if (takeMoved()) heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1} class={style}>
      {children ?? title}
    </h1>
  );
}
