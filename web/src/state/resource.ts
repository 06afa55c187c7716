/** What is asked of the API, kept while the page is open: going back shows at once what was there. */

import { useEffect, useState } from "preact/hooks";

import { Refusal } from "../api/client";

export interface Resource<T> {
  /** What was answered; while something else is asked for, what was answered before if that may be shown meanwhile. */
  data: T | undefined;
  error: Refusal | undefined;
  /** True while an answer is awaited. */
  busy: boolean;
  /** Ask once more. */
  again: () => void;
}

/** Answers that are kept; the oldest goes first. */
const MOST = 60;
/** Milliseconds for which an answer is shown again as it is: somebody goes back and forth while reading. */
const FRESH = 300_000;

const kept = new Map<string, { data: unknown; at: number }>();

/** Keep an answer, or what a view has made of it. */
export function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, { data, at: Date.now() });
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

interface Held<T> {
  key: string;
  data: T | undefined;
  error: Refusal | undefined;
}

/** The answer for `key`, which says all that `load` depends on. With `bridge` the answer before stays while it is awaited. */
export function useResource<T>(key: string, load: (stop: AbortSignal) => Promise<T>, bridge = false): Resource<T> {
  const [held, setHeld] = useState<Held<T>>(() => ({ key, data: kept.get(key)?.data as T | undefined, error: undefined }));
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const before = kept.get(key);
    if (before) setHeld({ key, data: before.data as T, error: undefined });
    if (before && Date.now() - before.at < FRESH) return;
    const stop = new AbortController();
    load(stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return;
        keep(key, data);
        setHeld({ key, data, error: undefined });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof Refusal)) console.error(error);
        const refusal = error instanceof Refusal ? error : new Refusal(0, "Something went wrong on this page", String(error));
        setHeld({ key, data: undefined, error: refusal });
      },
    );
    return () => stop.abort();
    // `load` is made anew with every rendering; `key` says when it differs.
  }, [key, attempt]);
  const here = held.key === key;
  const known = here ? held.data : (kept.get(key)?.data as T | undefined);
  const data = known ?? (bridge && !(here && held.error) ? held.data : undefined);
  const error = here ? held.error : undefined;
  return { data, error, busy: known === undefined && error === undefined, again: () => { setHeld({ key, data: undefined, error: undefined }); setAttempt(attempt + 1); } };
}
