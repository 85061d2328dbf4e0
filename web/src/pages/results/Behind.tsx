import type { Shapes } from "../../api/client";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits } from "../../parts/numbers";
import type { Report } from "./figures";

type Cost = Shapes["Cost"];

function cost(name: Exclude<keyof Cost, "model">, title: string): Column<Cost> {
  const cell = (row: Cost) => (row[name] === null ? "–" : digits(row[name]));
  return { name, title, text: (row) => row[name], cell, number: true };
}

const COSTS: Column<Cost>[] = [
  { name: "model", title: "Model", text: (row) => row.model },
  cost("fit_s", "Fit, s"),
  cost("recommend_ms", "1,000 lists, ms"),
  cost("peak_memory_mb", "Peak memory, MB"),
  cost("calls", "Calls a 1,000"),
  cost("prompt_tokens", "Tokens in"),
  cost("completion_tokens", "Tokens out"),
  cost("money", "Money"),
];

/** Seconds, memory, calls and money of each method. */
export function Costs({ report }: { report: Report }) {
  return (
    <Section title="What each method takes" note="–: not measured, or it asks no language model">
      <Table
        caption="Costs"
        captionUnseen
        columns={COSTS}
        rows={report.costs}
        rowKey={(row) => row.model}
        csv={`${report.run}-costs`}
      />
    </Section>
  );
}

const LOOKS = { passed: "good", warned: "evidence", failed: "bad", skipped: "" } as const;

/** What was run, on which split, and whether the answer leaked. */
export function Behind({ report }: { report: Report }) {
  return (
    <div className="stack">
      <Section title="Leak audit" note={`${report.data}, split by ${report.split}`}>
        <ul className="results-audit">
          {report.audit.map((check) => (
            <li key={check.name}>
              <span className={`chip ${LOOKS[check.outcome]}`}>{check.outcome}</span>
              <div>
                <h3>{check.name}</h3>
                <p className="fine">{check.explanation}</p>
              </div>
            </li>
          ))}
        </ul>
        {report.notes.map((note) => (
          <p key={note} className="fine">
            {note}
          </p>
        ))}
      </Section>
      <Section title="The spec" note={`seed ${report.seed}; the same spec gives the same figures`}>
        <pre tabIndex={0}>{report.spec}</pre>
      </Section>
      <Section title="Environment">
        <dl className="results-environment">
          {Object.entries(report.environment).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </div>
  );
}
