import { Intervals, Legend } from "../../charts";
import { EmptyState } from "../../parts/EmptyState";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { whole } from "../../parts/numbers";
import type { Shapes } from "../../api/client";
import { useParam } from "../../state/address";
import { Choose } from "../../parts/Choose";
import { Figure } from "./Figures";
import { ranked, tones, type Report } from "./figures";

type GroupFigure = Shapes["GroupFigure"];
const MOST_MODELS = 5;

const COLUMNS: Column<GroupFigure>[] = [
  { name: "group", title: "Group", text: (row) => row.group },
  { name: "model", title: "Model", text: (row) => row.model },
  {
    name: "value",
    title: "Mean",
    text: (row) => row.value,
    cell: (row) => <Figure figure={row} />,
    number: true,
  },
  {
    name: "low",
    title: "Low",
    text: (row) => row.low,
    cell: (row) => row.low?.toFixed(4),
    number: true,
  },
  {
    name: "high",
    title: "High",
    text: (row) => row.high,
    cell: (row) => row.high?.toFixed(4),
    number: true,
  },
  {
    name: "queries",
    title: "Queries",
    text: (row) => row.queries,
    cell: (row) => whole(row.queries),
    number: true,
  },
];

/** Who is served well, and who is not: means by groups of queries. */
export function Slices({ report }: { report: Report }) {
  const [column, setColumn] = useParam("by", report.slices[0]?.column ?? "");
  const [metric, setMetric] = useParam("metric", report.metrics[0] ?? "");
  const slice = report.slices.find((one) => one.column === column) ?? report.slices[0];
  if (!slice)
    return <EmptyState title="No groups">The split of this run tells none apart.</EmptyState>;
  const figures = slice.figures.filter((figure) => figure.metric === metric);
  const colours = tones(report);
  const models = ranked(report, metric).slice(0, MOST_MODELS);
  const rows = slice.groups.map((group) => ({
    name: group,
    marks: models.flatMap((model) => {
      const found = figures.find((one) => one.group === group && one.model === model);
      return found ? [{ ...found, series: model, tone: colours.get(model) ?? 0 }] : [];
    }),
  }));
  return (
    <Section title={`${metric} by ${slice.column}`} note="mean and 95 % interval">
      <div className="row results-choices">
        <Choose
          label="Groups by"
          options={report.slices.map((one) => one.column)}
          value={slice.column}
          choose={setColumn}
        />
        <Choose label="Metric" options={report.metrics} value={metric} choose={setMetric} />
        <Legend entries={models.map((name) => ({ name, tone: colours.get(name) ?? 0 }))} />
      </div>
      {figures.length ? (
        <>
          <Intervals
            label={`${metric} by ${slice.column}; all values are in the table below.`}
            title={metric}
            rows={rows}
          />
          {ranked(report, metric).length > MOST_MODELS && (
            <p className="fine">Drawn: the {MOST_MODELS} best. The table has all.</p>
          )}
          <Table
            caption="All groups"
            columns={COLUMNS}
            rows={figures}
            rowKey={(row) => `${row.group} ${row.model}`}
            csv={`${report.run}-${slice.column}`}
          />
        </>
      ) : (
        <EmptyState title={`${metric} has no value for a single query`}>
          It is one figure for the whole run, so that groups have none. Choose another metric.
        </EmptyState>
      )}
    </Section>
  );
}
