import { Suspense, useEffect } from "react";
import { KeyDialog } from "./parts/KeyDialog";
import { Loading } from "./parts/Loading";
import { EmptyState } from "./parts/EmptyState";
import { Boundary } from "./parts/Boundary";
import { Navigation } from "./parts/Navigation";
import { PAGES } from "./pages";
import { usePath } from "./state/address";

export function App() {
  const path = usePath();
  const page = PAGES.find((one) => one.path === path);
  useEffect(() => {
    document.title = page && page.path !== "/" ? `${page.title} · Penchant` : "Penchant";
  }, [page]);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Navigation path={path} />
      <main id="main" tabIndex={-1} className="main">
        <Boundary key={path}>
          <Suspense fallback={<Loading label="the page" />}>
            {page ? <page.component /> : <Nowhere path={path} />}
          </Suspense>
        </Boundary>
      </main>
      <KeyDialog />
    </div>
  );
}

function Nowhere({ path }: { path: string }) {
  return (
    <EmptyState title="There is no such page">
      Nothing is shown at <code>{path}</code>. Choose a page on the left.
    </EmptyState>
  );
}
