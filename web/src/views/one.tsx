import type { ComponentChildren } from "preact";

import { Failed, Loading } from "../parts/states";
import { useResource } from "../state/resource";
import { Missing, type Kind } from "./missing";

interface Props<T> {
  what: Kind;
  slug: string;
  load: (slug: string, stop: AbortSignal) => Promise<T>;
  children: (record: T) => ComponentChildren;
}

/** One record; until it is there, that it loads, that it is missing, or the error. Cached under its kind and slug. */
export function OneRecord<T>({ what, slug, load, children }: Props<T>) {
  const { data, error, again } = useResource(`${what} ${slug}`, (stop) => load(slug, stop));
  if (error?.status === 404) return <Missing what={what} error={error} />;
  if (error) return <div class="wide"><Failed error={error} again={again} /></div>;
  if (!data) return <div class="wide"><Loading what={`the ${what}`} /></div>;
  return <>{children(data)}</>;
}
