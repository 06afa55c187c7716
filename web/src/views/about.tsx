import { Heading } from "../parts/heading";
import { Evidence } from "../parts/evidence";
import { EVIDENCE } from "../words";

/** What the registry holds, and how it is to be read. */
export function About() {
  return (
    <div class="wide narrow about">
      <Heading title="About">About this registry</Heading>
      <p class="lead">
        Councils of the Co-operative Councils’ Innovation Network share how they work with their residents as partners. This registry keeps that practice in one place:
        with identifiers that stay, outcomes with their evidence, sources, and dates of checking.
      </p>

      <section aria-labelledby="claims">
        <h2 id="claims">How to read claims</h2>
        <p>
          A figure never stands alone here. Each is a claim: what was measured, whether the figure is exact or a bound (“at least”, “up to”, “about”), when it held, where it comes
          from, and what one has to know before using it. Targets and projections are kept apart from what happened. Claims of different kinds are never added up.
        </p>
        <p>The evidence behind a claim has one of six levels:</p>
        <dl class="levels">
          {EVIDENCE.map(({ name, means }, level) => (
            <div key={name}>
              <dt>
                <Evidence level={level} />
              </dt>
              <dd>{means}</dd>
            </div>
          ))}
        </dl>
      </section>

      <section aria-labelledby="map">
        <h2 id="map">How to read the map</h2>
        <p>
          An initiative stands where it happens, or else at the council that leads it. Initiatives of the network itself have no place and stand in the list alone. A number
          stands for several initiatives; choose it to come closer. Everything on the map is in the list as well.
        </p>
      </section>

      <section aria-labelledby="checked">
        <h2 id="checked">Whether it is still true</h2>
        <p>
          Practice changes. A record says when somebody last confirmed that it is still true and when it is due to be looked at again. “Not confirmed” does not mean wrong: it means that nobody
          has said so since the record was entered.
        </p>
      </section>

      <section aria-labelledby="reuse">
        <h2 id="reuse">Use it elsewhere</h2>
        <p>
          <a href="/docs/guide/">The guide</a> has tutorials and step-by-step instructions. The page calls nothing but the public interface, which is open to everybody: <a href="/docs/">the interactive document</a> explains it. Every list can be taken away as a table, with{" "}
          <a href="/v1/datapackage.json">a codebook</a>; every record can be cited, and copied as Markdown for a page of your own. The whole is described for data portals in{" "}
          <a href="/catalog.jsonld">a catalogue</a>.
        </p>
      </section>

      <section aria-labelledby="access">
        <h2 id="access">Who can use this page</h2>
        <p>
          It is made to meet the Web Content Accessibility Guidelines 2.2 at level AA: by keyboard, with a screen reader, at 320 pixels or four times the size, in the light or the dark.
          The map is never the only way to anything. It stores nothing in your browser and asks nothing of other sites.
        </p>
      </section>
    </div>
  );
}
