/** Caches API responses while the page is open, so that going back shows the earlier content at once. */

import { useEffect, useState } from "preact/hooks";

import { Refusal } from "../api/client";

export interface Resource<T> {
  /** The response. While another is loading, the previous one, if `bridge` is set. */
  data: T | undefined;
  error: Refusal | undefined;
  /** True while a response is loading. */
  busy: boolean;
  /** Repeats the request. */
  again: () => void;
}

/** Maximum number of cached responses; the oldest is removed first. */
const MOST = 60;
/** Time for which a cached response is used without a new request, in milliseconds. */
const FRESH = 300_000;

/** Time until a request is repeated that got no response, in milliseconds. */
const AGAIN = 15_000;

const kept = new Map<string, { data: unknown; at: number }>();

/** Caches a response, or data that a view derived from it. */
export function keep(key: string, data: unknown): void {
  kept.delete(key);
  kept.set(key, { data, at: Date.now() });
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

/** Loads a response before a view needs it. Throws the error. */
export async function preload<T>(key: string, load: (stop: AbortSignal) => Promise<T>): Promise<T> {
  if (!kept.has(key)) keep(key, await load(new AbortController().signal));
  return kept.get(key)?.data as T;
}

interface Held<T> {
  key: string;
  data: T | undefined;
  error: Refusal | undefined;
}

/** The response for `key`, which identifies all that `load` depends on. `bridge` shows the previous one meanwhile. */
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
        // Without a connection, what was there before is better than nothing.
        if (before && error instanceof Refusal && error.status === 0) return;
        if (!(error instanceof Refusal)) console.error(error);
        const refusal = error instanceof Refusal ? error : new Refusal(0, "Something went wrong on this page", String(error));
        setHeld({ key, data: undefined, error: refusal });
      },
    );
    return () => stop.abort();
    // `load` is a new function at every rendering; `key` tells when it differs.
  }, [key, attempt]);
  // A request that got no response is repeated once there is a connection, and from time to time.
  const isLost = held.key === key && held.error?.status === 0;
  useEffect(() => {
    if (!isLost) return;
    const again = () => setAttempt((before) => before + 1);
    const timer = window.setInterval(again, AGAIN);
    window.addEventListener("online", again);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [isLost]);
  const here = held.key === key;
  const known = here ? held.data : (kept.get(key)?.data as T | undefined);
  const data = known ?? (bridge && !(here && held.error) ? held.data : undefined);
  const error = here ? held.error : undefined;
  return { data, error, busy: known === undefined && error === undefined, again: () => { setHeld({ key, data: undefined, error: undefined }); setAttempt(attempt + 1); } };
}
