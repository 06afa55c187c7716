/** Initiatives and claims of a council or a theme. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { type Schema, Refusal } from "../api/client";
import { type CardPage, nextPage } from "../api/registry";
import { count, number } from "../format";
import { keep, useResource } from "../state/resource";
import { Card } from "./card";
import { PlotKey, Plots } from "./plots";
import { Failed, Loading } from "./states";

interface Props<T> {
  /** Cache key. */
  at: string;
  load: (stop: AbortSignal) => Promise<T>;
}

/** The claims of the initiatives, as small plots. Nothing without claims. */
export function Claimed({ at, load }: Props<Schema<"OutcomeRecord">[]>) {
  const { data, error, again } = useResource(at, load);
  if (!error && (!data || data.length === 0)) return null;
  return (
    <section aria-labelledby="claims">
      <h2 id="claims">Outcomes</h2>
      {error && <Failed error={error} again={again} />}
      {data && (
        <>
          <PlotKey />
          <Plots outcomes={data} />
        </>
      )}
    </section>
  );
}

/** The initiatives, newest first. `none` is said when there are none. */
export function Initiatives({ at, load, none }: Props<CardPage> & { none: string }) {
  const list = useResource(at, load);
  const [added, setAdded] = useState<CardPage | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const cards = useRef<HTMLUListElement>(null);
  const before = useRef(0);
  const page = added ?? list.data;
  // After "Show more", the focus goes to the first new initiative.
  useLayoutEffect(() => {
    if (before.current > 0) cards.current?.children[before.current]?.querySelector<HTMLElement>("h3 a")?.focus();
    before.current = 0;
  }, [added]);

  const showMore = async () => {
    if (!page?.page.next) return;
    try {
      const next = await nextPage(page.page.next);
      const whole = { ...next, data: [...page.data, ...next.data] };
      keep(at, whole);
      before.current = page.data.length;
      setAdded(whole);
      setRefused(null);
    } catch (error) {
      setRefused(error instanceof Refusal ? error : new Refusal(0, "Something went wrong", String(error)));
    }
  };

  return (
    <section aria-labelledby="initiatives">
      <h2 id="initiatives">{page ? count(page.total, "initiative") : "Initiatives"}</h2>
      {list.error && <Failed error={list.error} again={list.again} />}
      {!page && !list.error && <Loading what="initiatives" />}
      {page?.data.length === 0 && <p class="note">{none}</p>}
      <ul class="cards" ref={cards}>
        {page?.data.map((shown) => (
          <Card key={shown.slug} shown={shown} />
        ))}
      </ul>
      {page?.page.next && (
        <p class="more">
          <button type="button" onClick={showMore}>
            Show more
          </button>
          <span>
            {number(page.data.length)} of {number(page.total)} shown
          </span>
        </p>
      )}
      {refused && <Failed error={refused} again={showMore} />}
    </section>
  );
}
