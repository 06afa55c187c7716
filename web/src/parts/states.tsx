/** Loading and error messages. */

import type { ComponentChildren } from "preact";

import type { Refusal } from "../api/client";

export function Loading({ what }: { what: string }) {
  return (
    <div class="loading" role="status">
      <span class="turning" aria-hidden="true" />
      Loading {what} …
    </div>
  );
}

export function Failed({ error, again, children }: { error: Refusal; again: () => void; children?: ComponentChildren }) {
  const wait = error.retryAfter === undefined ? "" : ` Try again in ${error.retryAfter} seconds.`;
  return (
    <div class="notice failed" role="alert">
      <p>
        <b>{error.message}.</b> {error.detail}
        {wait}
      </p>
      <p class="actions">
        <button type="button" onClick={again}>
          Try again
        </button>
        {children}
      </p>
    </div>
  );
}
