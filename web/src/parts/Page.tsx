import type { ReactNode } from "react";

/** The head of a page: its name, what it is for, what can be done with all of it. */
export function PageHead(given: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="page-head">
      <div>
        <h1>{given.title}</h1>
        {given.children && <p className="lead">{given.children}</p>}
      </div>
      {given.actions && <div className="row">{given.actions}</div>}
    </header>
  );
}

/** A part of a page with a title. */
export function Section(given: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card ${given.className ?? ""}`}>
      <div className="card-head">
        <h2>{given.title}</h2>
        {given.note && <p className="fine">{given.note}</p>}
        {given.actions && <div className="card-actions">{given.actions}</div>}
      </div>
      {given.children}
    </section>
  );
}

/** A number with its name. */
export function Stat(given: { name: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <dt>{given.name}</dt>
      <dd>
        <span className="stat-value">{given.value}</span>
        {given.note && <span className="fine">{given.note}</span>}
      </dd>
    </div>
  );
}
