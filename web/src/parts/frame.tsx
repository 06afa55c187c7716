/** Header and footer of every view. */

const VIEWS = [
  { path: "/", label: "Initiatives", holds: ["/", "/initiatives"] },
  { path: "/councils", label: "Councils", holds: ["/councils"] },
  { path: "/about", label: "About", holds: ["/about"] },
];

export function Header({ path }: { path: string }) {
  return (
    <header class="top">
      <div class="wide">
        <a class="brand" href="/">
          <Mark />
          <span>
            <b>CCIN registry</b>
            <small>Initiatives by co-operative councils</small>
          </span>
        </a>
        <nav aria-label="Main">
          <ul>
            {VIEWS.map((view) => (
              <li key={view.path}>
                <a href={view.path} aria-current={isOf(path, view.holds) ? (path === view.path ? "page" : "true") : undefined}>
                  {view.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function isOf(path: string, holds: string[]): boolean {
  return holds.some((start) => path === start || (start !== "/" && path.startsWith(`${start}/`)));
}

/** The logo: three interlocking rings. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">
      <g fill="none" stroke-width="2.8">
        <circle cx="11.5" cy="12.5" r="6.6" class="ring-one" />
        <circle cx="20.5" cy="12.5" r="6.6" class="ring-two" />
        <circle cx="16" cy="20.4" r="6.6" class="ring-three" />
      </g>
    </svg>
  );
}

export function Footer() {
  return (
    <footer class="bottom">
      <div class="wide">
        <div>
          <h2>Reuse the data</h2>
          <ul>
            <li>
              <a href="/docs/guide/">Guide</a>
            </li>
            <li>
              <a href="/docs/">API reference</a>
            </li>
            <li>
              All initiatives as a table: <a href="/v1/initiatives.xlsx">Excel</a> or <a href="/v1/initiatives.csv?bom=true">CSV</a>
            </li>
            <li>
              All outcomes as a table: <a href="/v1/outcomes.xlsx">Excel</a> or <a href="/v1/outcomes.csv?bom=true">CSV</a>
            </li>
            <li>
              <a href="/v1/changes.atom">Recent changes (feed)</a>
            </li>
          </ul>
        </div>
        <div>
          <h2>Sources and licence</h2>
          <p>
            Records are under the Open Government Licence v3.0 unless they state another. Names, codes and locations of councils
            come from mySociety’s <cite>UK local authority names and codes</cite> (CC BY 4.0), which uses data from the Office
            for National Statistics. The map outline comes from Natural Earth and is drawn with Leaflet.
          </p>
        </div>
        <div>
          <h2>The network</h2>
          <p>
            The <a href="https://www.councils.coop/">Co-operative Councils’ Innovation Network</a> brings together UK councils that
            work by co-operative values and principles. <a href="/about">How to read this registry</a>
          </p>
        </div>
      </div>
    </footer>
  );
}
