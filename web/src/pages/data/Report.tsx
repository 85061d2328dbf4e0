import type { Shapes } from "../../api/client";
import { whole } from "../../parts/numbers";
import { Section, Stat } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { Roles } from "./Roles";

type Checked = Shapes["Checked"];
type Fault = Checked["findings"][number];

const COLUMNS: Column<Fault>[] = [
  {
    name: "level",
    title: "Level",
    text: (fault) => fault.level,
    cell: (fault) => (
      <span className={`chip ${fault.level === "error" ? "bad" : "evidence"}`}>{fault.level}</span>
    ),
  },
  { name: "row", title: "Row", text: (fault) => fault.row, number: true },
  { name: "column", title: "Column", text: (fault) => fault.column },
  {
    name: "value",
    title: "Value",
    text: (fault) => fault.value,
    cell: (fault) => (fault.value === null ? "" : <code>{fault.value}</code>),
  },
  { name: "problem", title: "What is wrong", text: (fault) => fault.problem },
  { name: "wanted", title: "Wanted", text: (fault) => fault.wanted },
  { name: "hint", title: "What to do", text: (fault) => fault.hint },
];

/** What was found in a file, cell by cell. */
export function Report(given: {
  name: string;
  report: Checked;
  busy: boolean;
  choose: (role: string, column: string) => void;
}) {
  const { name, report, busy, choose } = given;
  return (
    <div className="stack">
      <Section title={name} note={`${whole(report.bytes)} bytes`}>
        <p className="verdict">
          <span className={`chip ${report.ok ? "good" : "bad"}`}>
            {report.ok ? "can be used" : "cannot be used yet"}
          </span>{" "}
          {verdict(report)}
        </p>
        <dl className="stats">
          {Object.entries(report.counts)
            .filter(([, value]) => value !== null)
            .map(([key, value]) => (
              <Stat
                key={key}
                name={key.replaceAll("_", " ")}
                value={typeof value === "number" ? whole(value) : String(value)}
              />
            ))}
        </dl>
        {report.understood && <Roles understood={report.understood} busy={busy} choose={choose} />}
        <p className="fine data-notes">Next: {report.next}</p>
      </Section>
      {report.findings.length > 0 && (
        <Section title="What is wrong or odd">
          <Table
            caption={`Findings in ${name}`}
            captionUnseen
            columns={COLUMNS}
            rows={report.findings}
            rowKey={(fault) => `${fault.level}-${fault.row}-${fault.column}-${fault.problem}`}
            csv={`${name}-findings`}
          />
        </Section>
      )}
      {report.preview.length > 0 && <Preview report={report} />}
    </div>
  );
}

function verdict({ errors, warnings }: Checked): string {
  const count = (n: number, what: string) => `${n === 0 ? "no" : whole(n)} ${what}${n === 1 ? "" : "s"}`;
  return `${count(errors, "error")}, ${count(warnings, "warning")}`;
}

/** The first rows, with what is wrong marked where it stands. */
function Preview({ report }: { report: Checked }) {
  const names = Object.keys(report.preview[0] ?? {});
  const wrong = new Map(report.findings.map((fault) => [`${fault.row}:${fault.column}`, fault]));
  // The header of a file is its row 1.
  const first = report.understood?.header === false ? 1 : 2;
  return (
    <Section title="The first rows" note="as they were read; what is wrong is marked">
      <div className="table-box" tabIndex={0} role="region" aria-label="The first rows">
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.preview.map((row, place) => (
              <tr key={place}>
                <th scope="row">{place + first}</th>
                {names.map((name) => {
                  const fault = wrong.get(`${place + first}:${name}`);
                  const value = row[name];
                  return (
                    <td key={name} className={fault ? "wrong" : undefined} title={fault?.problem}>
                      {value === null || value === undefined ? <i className="fine">empty</i> : String(value)}
                      {fault && <span className="wrong-why">{fault.problem}</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
