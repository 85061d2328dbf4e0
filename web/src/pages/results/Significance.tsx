import { post, type Shapes } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits, whole } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { Choose } from "../../parts/Choose";
import type { Report } from "./figures";

type Comparison = Shapes["Comparison"];
type Pair = Shapes["Pair"];

const COLUMNS: Column<Pair>[] = [
  { name: "a", title: "Model", text: (row) => row.a },
  { name: "b", title: "less", text: (row) => row.b },
  {
    name: "difference",
    title: "Difference",
    text: (row) => row.difference,
    cell: (row) => signed(row.difference),
    number: true,
  },
  {
    name: "low",
    title: "Low",
    text: (row) => row.low,
    cell: (row) => signed(row.low),
    number: true,
  },
  {
    name: "high",
    title: "High",
    text: (row) => row.high,
    cell: (row) => signed(row.high),
    number: true,
  },
  {
    name: "p",
    title: "p (permutation)",
    text: (row) => row.p_permutation,
    cell: (row) => chance(row.p_permutation),
    number: true,
  },
  {
    name: "holm",
    title: "p (Holm)",
    text: (row) => row.p_holm,
    cell: (row) => chance(row.p_holm),
    number: true,
  },
  { name: "significant", title: "More than luck", text: (row) => (row.significant ? "yes" : "no") },
];

/** Which differences are more than luck: every pair of models, on the same queries. */
export function Significance({ report }: { report: Report }) {
  const [metric, setMetric] = useParam("metric", report.metrics[0] ?? "");
  const [chosen, choose] = useParam("pair");
  const several = new Set(report.figures.map((figure) => figure.model)).size > 1;
  const answer = useAnswer(
    several
      ? (signal) => post("/v1/compare", { body: { runs: [report.run], metric }, signal })
      : null,
    [report.run, metric],
  );
  const choice = (
    <Choose label="Metric" options={report.metrics} value={metric} choose={setMetric} />
  );
  if (!several)
    return <EmptyState title="One model alone">There is nothing to compare it with.</EmptyState>;
  return (
    <Section
      title={`Differences in ${metric}`}
      note="Row less column, paired by query, resampled by person; p corrected by Holm for all pairs"
    >
      <div className="row results-choices">{choice}</div>
      {answer.problem && <ErrorBox problem={answer.problem} again={answer.again} />}
      {!answer.value && answer.loading && <Loading label="differences" />}
      {answer.value && (
        <div className={`stack ${answer.loading ? "stale" : ""}`}>
          <Matrix found={answer.value} chosen={chosen} choose={choose} />
          <Table
            caption={`All pairs; ${whole(answer.value.queries)} queries of ${whole(answer.value.people)} people`}
            columns={COLUMNS}
            rows={answer.value.pairs}
            rowKey={(row) => `${row.a} ${row.b}`}
            csv={`${report.run}-${metric}-pairs`}
          />
        </div>
      )}
    </Section>
  );
}

function Matrix(given: { found: Comparison; chosen: string; choose: (pair: string) => void }) {
  const { found, chosen, choose } = given;
  const models = found.models.map((figure) => figure.model);
  const pair = (a: string, b: string) => turned(found.pairs, a, b);
  const [row = "", column = ""] = chosen.split("~");
  const told = pair(row, column);
  return (
    <>
      <div className="results-matrix" tabIndex={0} role="region" aria-label="Matrix of differences">
        <table>
          <caption className="unseen">Difference of each two models, row less column</caption>
          <thead>
            <tr>
              <td />
              {models.map((model) => (
                <th key={model} scope="col">
                  {model}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((a) => (
              <tr key={a}>
                <th scope="row">{a}</th>
                {models.map((b) => (
                  <Cell
                    key={b}
                    pair={a === b ? null : pair(a, b)}
                    lower={found.better === "lower"}
                    chosen={chosen === `${a}~${b}`}
                    choose={() => choose(chosen === `${a}~${b}` ? "" : `${a}~${b}`)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="results-key fine">
        <span className="results-cell better">the row is better</span>
        <span className="results-cell worse">the row is worse</span>
        <span className="results-cell">may be luck (p ≥ 0.05 after correction)</span>
      </p>
      <p aria-live="polite">
        {told ? sentence(told, found.metric) : "Choose a cell to have it in words."}
      </p>
    </>
  );
}

function Cell(given: { pair: Pair | null; lower: boolean; chosen: boolean; choose: () => void }) {
  const { pair, lower, chosen, choose } = given;
  if (!pair || pair.difference === null) return <td className="results-cell none">–</td>;
  const better = lower ? pair.difference < 0 : pair.difference > 0;
  const look = pair.significant ? (better ? "better" : "worse") : "";
  return (
    <td className={`results-cell ${look}`}>
      <button type="button" aria-pressed={chosen} onClick={choose}>
        <span className="unseen">
          {pair.a} less {pair.b}:{" "}
        </span>
        {signed(pair.difference)}
        <span className="results-chance">p {chance(pair.p_holm)}</span>
      </button>
    </td>
  );
}

/** A pair as it is asked for: with a first. */
function turned(pairs: readonly Pair[], a: string, b: string): Pair | null {
  const found = pairs.find((one) => one.a === a && one.b === b);
  if (found) return found;
  const other = pairs.find((one) => one.a === b && one.b === a);
  if (!other) return null;
  const minus = (value: number | null) => (value === null ? null : -value);
  return {
    ...other,
    a,
    b,
    difference: minus(other.difference),
    low: minus(other.high),
    high: minus(other.low),
  };
}

function sentence(pair: Pair, metric: string): string {
  const { a, b, difference, low, high, p_holm } = pair;
  const verdict = pair.significant ? "more than luck" : "may be luck";
  return `${a} less ${b} in ${metric}: ${signed(difference)} (95 %: ${signed(low)} to ${signed(high)}), p ${chance(p_holm)} after correction: ${verdict}.`;
}

function signed(value: number | null): string {
  if (value === null) return "–";
  return `${value > 0 ? "+" : ""}${value.toFixed(4)}`;
}

function chance(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : digits(p, 2);
}
