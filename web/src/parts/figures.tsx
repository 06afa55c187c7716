import type { Json } from "../api/client";
import { summariseOutcomes } from "../api/registry";
import { count, number, quantity } from "../format";
import { useResource } from "../state/resource";
import { BOUNDS, LEFT_OUT } from "../words";
import { plotName } from "./plots";
import { Failed } from "./states";

type Summary = Json<"summarise_outcomes">;
type Group = Summary["groups"][number];

/** Cache key and request of the figures of a theme. */
export const figuresOf = (theme: string) => [`figures of theme ${theme}`, (stop: AbortSignal) => summariseOutcomes({ theme: [theme] }, stop)] as const;

/** The claims of a theme in numbers, a line for each kind, unit and bound. Nothing without figures. */
export function Figures({ theme }: { theme: string }) {
  const { data, error, again } = useResource(...figuresOf(theme));
  if (error) return <Failed error={error} again={again} />;
  if (!data || data.groups.length === 0) return null;
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">Outcomes in numbers</h2>
      <p class="note">A line has the claims of one kind, unit and bound. Other claims are not comparable with them, and nothing is added up.</p>
      <div class="scroll" role="region" aria-labelledby="figures" tabIndex={0}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Kind and unit</th>
              <th scope="col">Bound</th>
              <th scope="col">Lowest</th>
              <th scope="col">Middle</th>
              <th scope="col">Highest</th>
              <th scope="col">Claims</th>
            </tr>
          </thead>
          <tbody>
            {data.groups.map((group) => (
              <Line key={group.claims} group={group} />
            ))}
          </tbody>
        </table>
      </div>
      {data.left_out.length > 0 && <p class="note">Left out: {data.left_out.map(({ reason, outcomes }) => count(outcomes, ...LEFT_OUT[reason])).join(", ")}.</p>}
    </section>
  );
}

function Line({ group }: { group: Group }) {
  const { kind, unit, bound, lowest, median, highest, outcomes, initiatives, claims } = group;
  const figure = (value: number) => (unit === "gbp" || unit === "percent" || unit === "rank" ? quantity(value, unit) : number(value));
  const { pathname, search } = new URL(claims);
  return (
    <tr>
      <th scope="row">{plotName(kind, unit)}</th>
      <td>{BOUNDS[bound]}</td>
      <td>{figure(lowest)}</td>
      <td>{median === null ? "–" : figure(median)}</td>
      <td>{figure(highest)}</td>
      <td>
        <a href={pathname + search}>
          {count(outcomes, "claim")} of {count(initiatives, "initiative")}
        </a>
      </td>
    </tr>
  );
}
