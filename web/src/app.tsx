import { useEffect } from "preact/hooks";

import { CompareBar } from "./parts/compare-bar";
import { type Place, usePlace } from "./state/router";
import { About } from "./views/about";
import { Compare, prepareCompare } from "./views/compare";
import { Council, prepareCouncil } from "./views/council";
import { Councils, prepareCouncils } from "./views/councils";
import { Explore, prepareExplore } from "./views/explore";
import { Missing } from "./views/missing";
import { Organisation, prepareOrganisation } from "./views/organisation";
import { Organisations, prepareOrganisations } from "./views/organisations";
import { Record, prepareRecord } from "./views/record";
import { Theme, prepareTheme } from "./views/theme";
import { Themes, prepareThemes } from "./views/themes";

/** A view, and the data without which it has nothing to show. */
interface View {
  content: preact.ComponentChild;
  prepare?: () => Promise<unknown>;
}

/** The views of the page. */
export function App() {
  const place = usePlace();
  useEffect(() => mark(place.path), [place.path]);
  return (
    <>
      {view(place).content}
      {place.path !== "/compare" && <CompareBar />}
    </>
  );
}

/** Loads what the first view shows. A view tells errors itself. */
export async function prepare(place: Place): Promise<void> {
  await view(place).prepare?.();
}

function view({ path, query }: Place): View {
  const [, resource = "", slug = "", ...more] = path.split("/").map(decoded);
  const none = { content: <Missing what="page" /> };
  if (more.length > 0) return none;
  if (resource === "initiatives" && slug) return { content: <Record key={slug} slug={slug} />, prepare: () => prepareRecord(slug) };
  if (resource === "" || resource === "initiatives") return { content: <Explore query={query} />, prepare: () => prepareExplore(query) };
  if (resource === "councils" && slug) return { content: <Council key={slug} slug={slug} />, prepare: () => prepareCouncil(slug) };
  if (resource === "councils") return { content: <Councils query={query} />, prepare: prepareCouncils };
  if (resource === "themes" && slug) return { content: <Theme key={slug} slug={slug} />, prepare: () => prepareTheme(slug) };
  if (resource === "themes") return { content: <Themes />, prepare: prepareThemes };
  if (resource === "organisations" && slug) return { content: <Organisation key={slug} slug={slug} />, prepare: () => prepareOrganisation(slug) };
  if (resource === "organisations") return { content: <Organisations />, prepare: prepareOrganisations };
  if (resource === "compare" && !slug) return { content: <Compare query={query} />, prepare: () => prepareCompare(query) };
  if (resource === "about" && !slug) return { content: <About /> };
  return none;
}

/** Marks the current view in the navigation, which stands in `index.html`. */
function mark(path: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#views a")) {
    const { pathname } = link;
    const within = pathname === "/" ? path.startsWith("/initiatives") : path.startsWith(`${pathname}/`);
    if (path === pathname) link.setAttribute("aria-current", "page");
    else if (within) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
