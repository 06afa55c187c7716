import type { Card as Shown } from "../api/registry";
import { count, date, leadName } from "../format";
import { MOST_PICKS, pick, usePicks } from "../state/picks";
import { EVIDENCE, KINDS } from "../words";
import { Status } from "./status";

interface Props {
  shown: Shown;
  /** Level of the heading, one below that of the list. */
  level?: 3 | 4;
  /** Called when the pointer or focus enters or leaves the card, so that the map can highlight its place. */
  onPoint?: (slug: string | null) => void;
}

/** An initiative in a list. */
export function Card({ shown, level = 3, onPoint }: Props) {
  const Title = `h${level}` as "h3";
  const marks = shown.highlight;
  return (
    <li
      class="card"
      onMouseEnter={() => onPoint?.(shown.slug)}
      onMouseLeave={() => onPoint?.(null)}
      onFocusCapture={() => onPoint?.(shown.slug)}
      onBlurCapture={() => onPoint?.(null)}
    >
      <article>
        <p class="over">
          <span class="kind">{KINDS[shown.kind]}</span>
          {shown.started_on && <span>since {date(shown.started_on)}</span>}
        </p>
        <Title>
          {/* The service escapes the fragments of a search: only their marks are HTML. */}
          {marks ? (
            <a href={`/initiatives/${shown.slug}`} dangerouslySetInnerHTML={{ __html: marks.title }} />
          ) : (
            <a href={`/initiatives/${shown.slug}`}>{shown.title}</a>
          )}
        </Title>
        <p class="by">
          {leadName(shown)}
          {typeof shown.distance_km === "number" && <span class="far">, {away(shown.distance_km)}</span>}
        </p>
        {marks?.summary ? <p class="summary" dangerouslySetInnerHTML={{ __html: marks.summary }} /> : <p class="summary">{shown.summary}</p>}
        {marks?.text && <p class="found" dangerouslySetInnerHTML={{ __html: `… ${marks.text} …` }} />}
        <p class="under">
          <Status of={shown} />
          <span class="themes">{shown.themes.map((theme) => theme.label).join(" · ")}</span>
          {said(shown).length > 0 && <span class="claims">{claims(shown)}</span>}
          <Pick slug={shown.slug} title={shown.title} />
        </p>
      </article>
    </li>
  );
}

function away(kilometres: number): string {
  return kilometres < 1 ? "less than 1 km away" : `${count(Math.round(kilometres), "km", "km")} away`;
}

/** Picks the initiative for a comparison. */
function Pick({ slug, title }: { slug: string; title: string }) {
  const picks = usePicks();
  const is = picks.includes(slug);
  return (
    <label class="pick">
      <input type="checkbox" name="initiative" value={slug} form="compare" checked={is} disabled={!is && picks.length >= MOST_PICKS} onChange={() => pick(slug)} />
      Compare<span class="unseen"> {title}</span>
    </label>
  );
}

/** The claims without context, which is no result. */
function said({ outcomes }: Shown) {
  return outcomes.filter((outcome) => outcome.kind !== "context");
}

/** Numbers of results and of targets, apart, and the strongest evidence for a result. */
function claims(shown: Shown): string {
  const results = said(shown).filter((one) => one.kind !== "target" && one.kind !== "projection");
  const aims = said(shown).length - results.length;
  const counts = [results.length > 0 && count(results.length, "claim"), aims > 0 && count(aims, "target or projection", "targets or projections")];
  const best = Math.max(...results.map((outcome) => outcome.evidence_level));
  const strongest = results.length > 0 ? `; strongest evidence: ${EVIDENCE[best]?.name ?? ""}` : "";
  return `${counts.filter(Boolean).join(", ")}${strongest}`;
}
