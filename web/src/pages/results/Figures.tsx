import { Intervals } from "../../charts";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits, whole } from "../../parts/numbers";
import { figureOf, ranked, tones, type Report } from "./figures";

/** Each metric as a plot with intervals, and all of them as a table. */
export function Figures({ report }: { report: Report }) {
  const colours = tones(report);
  const first = report.metrics[0] ?? "";
  const models = ranked(report, first);
  return (
    <div className="stack">
      <div className="results-plots">
        {report.metrics.map((metric) => (
          <Section key={metric} title={metric} note={measure(report, metric)}>
            <Intervals
              label={told(report, metric)}
              title={metric}
              rows={ranked(report, metric).map((model) => {
                const {
                  value = null,
                  low = null,
                  high = null,
                } = figureOf(report.figures, model, metric) ?? {};
                const tone = colours.get(model) ?? 0;
                return { name: model, marks: [{ series: model, tone, value, low, high }] };
              })}
            />
          </Section>
        ))}
      </div>
      <Section
        title="All figures"
        note={`${whole(report.queries)} queries of ${whole(report.people)} people`}
      >
        <Table
          caption="Mean, and half of the 95 % interval"
          columns={columnsOf(report)}
          rows={models}
          rowKey={(model) => model}
          csv={`${report.run}-figures`}
        />
      </Section>
    </div>
  );
}

/** What a dot is: some figures are of all lists together, and no mean of anything. */
function measure(report: Report, metric: string): string {
  const mean = report.figures.some((figure) => figure.metric === metric && figure.low !== null);
  return mean ? "mean and 95 % interval" : "of all lists together";
}

function told(report: Report, metric: string): string {
  const each = ranked(report, metric).map((model) => {
    const value = figureOf(report.figures, model, metric)?.value;
    return `${model} ${value === null || value === undefined ? "not known" : digits(value, 3)}`;
  });
  return `${metric}, the best first: ${each.join(", ")}. Intervals are in the table below.`;
}

function columnsOf(report: Report): Column<string>[] {
  const metrics = report.metrics.map((metric): Column<string> => {
    const of = (model: string) => figureOf(report.figures, model, metric);
    return {
      name: metric,
      title: metric,
      number: true,
      text: (model) => of(model)?.value,
      cell: (model) => <Figure figure={of(model)} />,
    };
  });
  return [{ name: "model", title: "Model", text: (model) => model }, ...metrics];
}

export function Figure(given: {
  figure: { value: number | null; low: number | null; high: number | null } | undefined;
}) {
  const { value, low, high } = given.figure ?? {};
  if (value === null || value === undefined) return <>–</>;
  const half = typeof low === "number" && typeof high === "number" ? (high - low) / 2 : null;
  return (
    <>
      {value.toFixed(4)}
      {half !== null && <span className="fine results-half"> ±{half.toFixed(4)}</span>}
    </>
  );
}
