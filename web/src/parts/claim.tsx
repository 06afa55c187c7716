import type { Schema } from "../api/client";
import { claimed, claimedWhen, quantity } from "../format";
import { sharedCaveats } from "../state/claims";
import { CLAIM_GROUPS, OUTCOME_KINDS } from "../words";
import { Evidence } from "./evidence";
import { Organisation } from "./lead";

type Outcome = Schema<"Outcome">;

interface Props {
  outcomes: Outcome[];
  /** Number of each source in the list of sources, from 1, by its key. */
  sources: Map<string, number>;
}

/** Outcomes as claims, each with its bound, date, evidence, source and caveat. */
export function Claims({ outcomes, sources }: Props) {
  const shared = sharedCaveats(outcomes);
  return (
    <>
      {CLAIM_GROUPS.map(({ title, kinds, note }) => {
        const claims = outcomes.filter((outcome) => kinds.includes(outcome.kind));
        if (claims.length === 0) return null;
        return (
          <div class="claim-group" key={title}>
            <h3>{title}</h3>
            {note && <p class="note">{note}</p>}
            <ul class="claims">
              {claims.map((claim, index) => (
                <Claim key={index} claim={claim} source={claim.source ? sources.get(claim.source) : undefined} shared={shared} />
              ))}
            </ul>
          </div>
        );
      })}
      <Caveats shared={shared} />
    </>
  );
}

function Claim({ claim, source, shared }: { claim: Outcome; source: number | undefined; shared: Map<string, number> }) {
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
        {claim.kind !== "context" && (
          <div>
            <dt>Evidence</dt>
            <dd>
              <Evidence level={claim.evidence_level} />
            </dd>
          </div>
        )}
        {claim.independence && (
          <div>
            <dt>Evaluated by</dt>
            <dd>
              <Organisation name={claim.independence.evaluator} slug={claim.independence.organisation} />
              {claim.independence.declared_interest && <small> Declared interest: {claim.independence.declared_interest}</small>}
            </dd>
          </div>
        )}
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
      {claim.caveat && <Caveat caveat={claim.caveat} shared={shared} />}
    </li>
  );
}

/** A caveat, or where it stands if several claims share it. */
export function Caveat({ caveat, shared }: { caveat: string; shared: Map<string, number> }) {
  const number = shared.get(caveat);
  return (
    <p class="claim-note caveat">
      <b>Caveat:</b> {number === undefined ? caveat : <a href={`#caveat-${number}`}>note {number}</a>}
    </p>
  );
}

/** The caveats that several claims share, each once. */
export function Caveats({ shared }: { shared: Map<string, number> }) {
  if (shared.size === 0) return null;
  return (
    <div class="claim-group">
      <h3>Caveats of several claims</h3>
      <ol class="caveats">
        {[...shared].map(([caveat, number]) => (
          <li key={number} id={`caveat-${number}`} tabIndex={-1}>
            {caveat}
          </li>
        ))}
      </ol>
    </div>
  );
}
