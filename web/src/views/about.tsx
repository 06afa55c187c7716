import { Heading } from "../parts/heading";
import { Evidence } from "../parts/evidence";
import { EVIDENCE } from "../words";

/** The purpose of the registry, and how to read its records. */
export function About() {
  return (
    <div class="wide narrow about">
      <Heading title="About">About this registry</Heading>
      <p class="lead">
        Councils in the Co-operative Councils’ Innovation Network work with residents as partners. This registry collects their initiatives in one place. Each record has a permanent
        identifier, outcomes with evidence, sources, and the date of its last review.
      </p>

      <section aria-labelledby="claims">
        <h2 id="claims">How to read claims</h2>
        <p>
          Every figure in the registry is a claim. It states the measure, the period, the source and any caveats. It also states whether the figure is exact or a bound (“at least”, “up
          to”, “about”). Targets and projections are shown separately from results. Claims of different kinds are never added up.
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
          The map shows an initiative at its own location, or otherwise at its lead council. Initiatives led by the network have no location and are in the list only. A number marks
          several initiatives: select it to zoom in. Everything on the map is in the list too.
        </p>
      </section>

      <section aria-labelledby="checked">
        <h2 id="checked">How up to date records are</h2>
        <p>
          Initiatives change. Each record shows when it was last confirmed as still true, and when its next review is due. “Not yet confirmed” does not mean that a record is wrong. It
          means that the record has not been reviewed since it was added.
        </p>
      </section>

      <section aria-labelledby="reuse">
        <h2 id="reuse">Reuse the data</h2>
        <p>
          <a href="/docs/guide/">The guide</a> has tutorials and step-by-step instructions. This page uses only the public API, which is open to everyone. See <a href="/docs/">the API reference</a>. You can download every list as a table, with{" "}
          <a href="/v1/datapackage.json">a codebook</a>. You can cite every record, and copy it as Markdown for your own page. Data portals can read{" "}
          <a href="/catalog.jsonld">the catalogue</a>.
        </p>
      </section>

      <section aria-labelledby="access">
        <h2 id="access">Accessibility and privacy</h2>
        <p>
          This page is designed to meet the Web Content Accessibility Guidelines 2.2 at level AA. You can use it with a keyboard or a screen reader, at a width of 320 pixels, at 400%
          zoom, and in light or dark mode. Everything on the map is also available without it. The page stores nothing in your browser and loads nothing from other sites.
        </p>
      </section>
    </div>
  );
}
