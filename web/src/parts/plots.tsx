import type { Schema } from "../api/client";
import { claimed, claimedWhen } from "../format";
import { type Mark, plots, scale, sharedCaveats } from "../state/claims";
import { OUTCOME_KINDS } from "../words";
import { Caveat, Caveats } from "./claim";
import { Evidence } from "./evidence";

type Outcome = Schema<"OutcomeRecord">;

/** Width and height of a drawing, and the room at its ends for half a mark. */
const [WIDTH, HEIGHT, ROOM] = [240, 16, 8] as const;

/** Claims of several initiatives as small plots: one a kind and unit, each claim with its bound, date and evidence. */
export function Plots({ outcomes }: { outcomes: Outcome[] }) {
  const shared = sharedCaveats(outcomes);
  return (
    <>
      {plots(outcomes).map(({ title, note, plots }) => (
        <div class="claim-group" key={title}>
          <h3>{title}</h3>
          {note && <p class="note">{note}</p>}
          <div class="plots">
            {plots.map(({ kind, unit, claims }) => {
              const mark = scale(claims);
              const name = plotName(kind, unit);
              return (
                <section class={`plot ${kind}`} key={`${kind} ${unit}`} aria-label={name}>
                  <h4>{name}</h4>
                  <ul>
                    {claims.map((claim, index) => (
                      <Row key={index} claim={claim} mark={mark?.(claim) ?? null} shared={shared} />
                    ))}
                  </ul>
                </section>
              );
            })}
          </div>
        </div>
      ))}
      <Caveats shared={shared} />
    </>
  );
}

/** Units whose names are not plain words. */
const UNIT_NAMES: Partial<Record<Schema<"Unit">, string>> = { gbp: "pounds", percent: "per cent", rank: "places in a ranking" };

/** Kind and unit of claims that can be compared: "Output, in people". */
export function plotName(kind: Outcome["kind"], unit: Outcome["unit"]): string {
  return unit && unit !== "count" ? `${OUTCOME_KINDS[kind]}, in ${UNIT_NAMES[unit] ?? unit}` : OUTCOME_KINDS[kind];
}

function Row({ claim, mark, shared }: { claim: Outcome; mark: Mark | null; shared: Map<string, number> }) {
  const { before, value } = claimed(claim);
  const { initiative } = claim;
  return (
    <li>
      <p class="plot-value">
        {before && <small>{before} </small>}
        <b>{value || "No figure"}</b>
        <span class="when">{claimedWhen(claim).join(", ")}</span>
      </p>
      {mark && <Drawing mark={mark} />}
      <p>
        {claim.measure} <a href={`/initiatives/${initiative.slug}`}>{initiative.title}</a>
      </p>
      <p class="note">
        <Evidence level={claim.evidence_level} />
      </p>
      {claim.caveat && <Caveat caveat={claim.caveat} shared={shared} />}
    </li>
  );
}

/** A claim on the scale of its plot. The words beside it say the same, so it is hidden from screen readers. */
function Drawing({ mark: { from, to, baseline, bound } }: { mark: Mark }) {
  const x = (part: number) => Math.round((ROOM + part * (WIDTH - 2 * ROOM)) * 10) / 10;
  const middle = HEIGHT / 2;
  return (
    <svg class={`drawing ${bound}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path class="axis" d={`M${x(0)} ${middle}H${x(1)}`} />
      {baseline !== null && <path class="baseline" d={`M${x(baseline)} 2V${HEIGHT - 2}`} />}
      {bound === "range" && <path class="span" d={`M${x(from)} 3V${HEIGHT - 3}M${x(from)} ${middle}H${x(to)}M${x(to)} 3V${HEIGHT - 3}`} />}
      {bound === "at_least" && <path class="span" d={`M${x(from)} ${middle}H${x(from) + 7}m-4 -4l4 4l-4 4`} />}
      {bound === "at_most" && <path class="span" d={`M${x(from)} ${middle}H${x(from) - 7}m4 -4l-4 4l4 4`} />}
      {bound !== "range" && <circle class="dot" cx={x(from)} cy={middle} r={bound === "at_least" || bound === "at_most" ? 3 : 4.5} />}
    </svg>
  );
}

/** How to read the drawings. */
export function PlotKey() {
  return (
    <p class="note">
      Each figure is a claim, not an established fact. Figures of one kind and unit share a scale. They are never added up. An arrow marks “at least” or “up to”, a ring “about”, and a line with two ends a
      range. <a href="/about#claims">How to read claims</a>
    </p>
  );
}
