/** Initiatives and claims of a council or a theme. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Refusal } from "../api/client";
import { type CardPage, type ClaimPage, type Paged, nextPage } from "../api/registry";
import { count, number } from "../format";
import { useKeptFocus } from "../state/focus";
import { keep, useResource } from "../state/resource";
import { Card } from "./card";
import { PlotKey, Plots } from "./plots";
import { Failed, Loading } from "./states";

interface Props<T> {
  /** Cache key. */
  at: string;
  load: (stop: AbortSignal) => Promise<T>;
}

/** The pages of a list so far, as one, and what loads the next: cached, so that going back shows all of them. */
function useMore<Page extends Paged<unknown>>(at: string, first: Page | undefined) {
  const [added, setAdded] = useState<{ at: string; page: Page } | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const page = added?.at === at ? added.page : first;
  const showMore = async () => {
    if (!page?.page.next || busy) return;
    setBusy(true);
    try {
      const next = await nextPage<Page>(page.page.next);
      const whole = { ...next, data: [...page.data, ...next.data] };
      keep(at, whole);
      setAdded({ at, page: whole });
      setRefused(null);
    } catch (error) {
      setRefused(error instanceof Refusal ? error : new Refusal(0, "Something went wrong", String(error)));
    } finally {
      setBusy(false);
    }
  };
  return { page, refused, busy, showMore };
}

/** The claims of the initiatives, as small plots. Nothing without claims. `query` finds all of them. */
export function Claimed({ at, load, query }: Props<ClaimPage> & { query: string }) {
  const { data, error, again } = useResource(at, load);
  const { page, refused, busy, showMore } = useMore(at, data);
  // The last "Show more" removes its button. The new claims stand in every plot, so the focus goes to the heading.
  useKeptFocus("claims");
  if (!error && (!page || page.data.length === 0)) return null;
  const shown = page && `${number(page.data.length)} of ${number(page.total)} claims shown`;
  return (
    <section aria-labelledby="claims">
      <h2 id="claims" tabIndex={-1}>
        Outcomes
      </h2>
      {error && <Failed error={error} again={again} />}
      {page && (
        <>
          <PlotKey />
          <Plots outcomes={page.data} />
          {page.page.next && (
            <p class="more">
              <button type="button" aria-disabled={busy} onClick={showMore}>
                {busy ? "Loading …" : "Show more"}
              </button>
              <span>{shown}</span>
              <span>
                All claims as a table: <a href={`/v1/outcomes.xlsx?${query}`}>Excel</a> or <a href={`/v1/outcomes.csv?${query}&bom=true`}>CSV</a>
              </span>
            </p>
          )}
          <span class="unseen" role="status">
            {page.page.next || page !== data ? shown : ""}
          </span>
          {refused && <Failed error={refused} again={showMore} />}
        </>
      )}
    </section>
  );
}

/** The initiatives, newest first. `none` is said when there are none. */
export function Initiatives({ at, load, none }: Props<CardPage> & { none: string }) {
  const list = useResource(at, load);
  const { page, refused, busy, showMore } = useMore(at, list.data);
  const cards = useRef<HTMLUListElement>(null);
  const before = useRef(0);
  const shown = page?.data.length ?? 0;
  // After "Show more", the focus goes to the first new initiative.
  useLayoutEffect(() => {
    if (before.current > 0 && shown > before.current) {
      cards.current?.children[before.current]?.querySelector<HTMLElement>("h3 a")?.focus();
      before.current = 0;
    }
  }, [shown]);
  const more = () => {
    before.current = shown;
    return showMore();
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
          <button type="button" aria-disabled={busy} onClick={more}>
            {busy ? "Loading …" : "Show more"}
          </button>
          <span>
            {number(page.data.length)} of {number(page.total)} shown
          </span>
        </p>
      )}
      {refused && <Failed error={refused} again={more} />}
    </section>
  );
}
