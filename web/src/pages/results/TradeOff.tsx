import { Scatter } from "../../charts";
import { EmptyState } from "../../parts/EmptyState";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { Choose } from "../../parts/Choose";
import { dimensionsOf, tones, type Dimension, type Report } from "./figures";

interface Placed {
  model: string;
  x: number;
  y: number;
  xs: [number, number] | null;
  ys: [number, number] | null;
  best: boolean;
}

/** Two figures of each model against each other; the line joins those that no other beats in both. */
export function TradeOff({ report }: { report: Report }) {
  const dimensions = dimensionsOf(report);
  const names = dimensions.map((dimension) => dimension.name);
  const [acrossName, setAcross] = useParam(
    "x",
    names.includes("recommend_ms") ? "recommend_ms" : (names[1] ?? ""),
  );
  const [upName, setUp] = useParam("y", names[0] ?? "");
  const across = dimensions.find((one) => one.name === acrossName) ?? dimensions[0];
  const up = dimensions.find((one) => one.name === upName) ?? dimensions[0];
  if (!across || !up) return <EmptyState title="Nothing was measured yet" />;
  const placed = placedIn(report, across, up);
  const colours = tones(report);
  const titles = new Map(dimensions.map((dimension) => [dimension.name, dimension.title]));
  const frontier = placed.filter((one) => one.best).sort((a, b) => a.x - b.x);
  return (
    <Section
      title="What one costs the other"
      note="The dashed line joins those that no other beats in both"
    >
      <div className="row results-choices">
        <Choose label="Up" options={names} titles={titles} value={up.name} choose={setUp} />
        <Choose
          label="Across"
          options={names}
          titles={titles}
          value={across.name}
          choose={setAcross}
        />
      </div>
      <Scatter
        label={`${up.title} against ${across.title}: ${placed.map((p) => `${p.model} ${digits(p.y, 3)} at ${digits(p.x, 3)}`).join("; ")}`}
        x={{ title: `${across.title} (${across.better} is better)`, log: across.log }}
        y={{ title: `${up.title} (${up.better} is better)`, log: up.log }}
        radius={6}
        path={frontier}
        points={placed.map((one) => ({
          id: one.model,
          name: one.model,
          x: one.x,
          y: one.y,
          xs: one.xs,
          ys: one.ys,
          tone: colours.get(one.model) ?? 0,
          strong: one.best,
          text: <Told placed={one} across={across} up={up} />,
        }))}
      />
      <Table
        caption="The same as a table"
        columns={columnsOf(across, up)}
        rows={placed}
        rowKey={(row) => row.model}
        csv={`${report.run}-trade-off`}
      />
    </Section>
  );
}

function Told({ placed, across, up }: { placed: Placed; across: Dimension; up: Dimension }) {
  return (
    <>
      <strong>{placed.model}</strong>
      <span>
        {up.title} {digits(placed.y)}
      </span>
      <span>
        {across.title} {digits(placed.x)}
      </span>
    </>
  );
}

function columnsOf(across: Dimension, up: Dimension): Column<Placed>[] {
  return [
    { name: "model", title: "Model", text: (row) => row.model },
    {
      name: "y",
      title: up.title,
      text: (row) => row.y,
      cell: (row) => digits(row.y),
      number: true,
    },
    {
      name: "x",
      title: across.title,
      text: (row) => row.x,
      cell: (row) => digits(row.x),
      number: true,
    },
    { name: "best", title: "Beaten in both", text: (row) => (row.best ? "by none" : "yes") },
  ];
}

function placedIn(report: Report, across: Dimension, up: Dimension): Placed[] {
  const known = report.methods.flatMap(({ name }) => {
    const [x, y] = [across.of(name), up.of(name)];
    return x.value === null || y.value === null
      ? []
      : [{ model: name, x: x.value, y: y.value, xs: x.span, ys: y.span }];
  });
  const sign = (dimension: Dimension) => (dimension.better === "higher" ? 1 : -1);
  const beats = (a: (typeof known)[number], b: (typeof known)[number]) => {
    const [dx, dy] = [sign(across) * (a.x - b.x), sign(up) * (a.y - b.y)];
    return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0);
  };
  return known.map((one) => ({ ...one, best: !known.some((other) => beats(other, one)) }));
}
