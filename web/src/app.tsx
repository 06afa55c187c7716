import { Footer, Header } from "./parts/frame";
import { usePlace } from "./state/router";
import { About } from "./views/about";
import { Council } from "./views/council";
import { Councils } from "./views/councils";
import { Explore } from "./views/explore";
import { Missing } from "./views/missing";
import { Record } from "./views/record";

export function App() {
  const { path, query } = usePlace();
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Header path={path} />
      <main id="content" tabIndex={-1}>
        {view(path, query)}
      </main>
      <Footer />
    </>
  );
}

function view(path: string, query: URLSearchParams) {
  const [, resource = "", slug = "", ...more] = path.split("/").map(decoded);
  if (more.length > 0) return <Missing what="page" />;
  if (resource === "initiatives" && slug) return <Record key={slug} slug={slug} />;
  if (resource === "" || resource === "initiatives") return <Explore query={query} />;
  if (resource === "councils") return slug ? <Council key={slug} slug={slug} /> : <Councils query={query} />;
  if (resource === "about" && !slug) return <About />;
  return <Missing what="page" />;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
