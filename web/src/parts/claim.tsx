import type { Schema } from "../api/client";
import { claimed, claimedWhen, quantity } from "../format";
import { OUTCOME_KINDS } from "../words";
import { Evidence } from "./evidence";

type Outcome = Schema<"Outcome">;

/** Groups of claims, in the order of interest to readers. Different kinds are never added up. */
const GROUPS: { title: string; kinds: Outcome["kind"][]; note?: string }[] = [
  { title: "Results", kinds: ["outcome", "saving", "award"] },
  { title: "Activities and outputs", kinds: ["activity", "output"] },
  { title: "Costs", kinds: ["cost"] },
  { title: "Targets and projections", kinds: ["target", "projection"], note: "These are aims or forecasts, not results." },
];

interface Props {
  outcomes: Outcome[];
  /** Number of each source in the list of sources, from 1, by its key. */
  sources: Map<string, number>;
}

/** Outcomes as claims, each with its bound, date, evidence, source and caveat. */
export function Claims({ outcomes, sources }: Props) {
  return (
    <>
      {GROUPS.map(({ title, kinds, note }) => {
        const claims = outcomes.filter((outcome) => kinds.includes(outcome.kind));
        if (claims.length === 0) return null;
        return (
          <div class="claim-group" key={title}>
            <h3>{title}</h3>
            {note && <p class="note">{note}</p>}
            <ul class="claims">
              {claims.map((claim, index) => (
                <Claim key={index} claim={claim} source={claim.source ? sources.get(claim.source) : undefined} />
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

function Claim({ claim, source }: { claim: Outcome; source: number | undefined }) {
  const { before, value } = claimed(claim);
  const when = claimedWhen(claim);
  return (
    <li class={`claim ${claim.kind}`}>
      <p class="claim-kind">{OUTCOME_KINDS[claim.kind]}</p>
      {value && (
        <p class="claim-value">
          {before && <small>{before} </small>}
          <b>{value}</b>
        </p>
      )}
      <p class="claim-measure">{claim.measure}</p>
      <dl>
        {claim.baseline !== null && claim.baseline !== undefined && (
          <div>
            <dt>Before</dt>
            <dd>{quantity(claim.baseline, claim.unit)}</dd>
          </div>
        )}
        {when.length > 0 && (
          <div>
            <dt>When</dt>
            <dd>{when.join(", ")}</dd>
          </div>
        )}
        <div>
          <dt>Evidence</dt>
          <dd>
            <Evidence level={claim.evidence_level} />
          </dd>
        </div>
        {source !== undefined && (
          <div>
            <dt>Source</dt>
            <dd>
              <a href={`#source-${source}`}>
                {source}
                <span class="unseen"> in the list of sources</span>
              </a>
            </dd>
          </div>
        )}
      </dl>
      {claim.definition && (
        <p class="claim-note">
          <b>Definition:</b> {claim.definition}
        </p>
      )}
      {claim.caveat && (
        <p class="claim-note caveat">
          <b>Caveat:</b> {claim.caveat}
        </p>
      )}
    </li>
  );
}
