import { get, type Shapes } from "../../api/client";
import { Legend, Scatter } from "../../charts";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits, whole } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";

type Point = Shapes["MapPoint"];

const COLOURED = 7;
const OTHER = 7;
const OTHERS = "all others";

/** Items in two dimensions, coloured by their first code. */
export function Map2d({
  model,
  item,
  pick,
}: {
  model: string;
  item: string;
  pick: (item: string) => void;
}) {
  const [only, setOnly] = useParam("code");
  const answer = useAnswer(
    (signal) => get("/v1/ids/map", { query: { model, limit: 2_000 }, signal }),
    model,
  );
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="the map" lines={8} />;
  const { points, made_of, explained, items } = answer.value;
  const mine = points.find((point) => point.item_id === item)?.first_code;
  const codes = commonest(points, mine);
  const nameOf = (point: Point) => {
    const place = codes.indexOf(point.first_code ?? -1);
    return place < 0 ? OTHERS : `code ${codes[place]}`;
  };
  const toneOf = (point: Point) => {
    const place = codes.indexOf(point.first_code ?? -1);
    return place < 0 ? OTHER : place;
  };
  const names = [...codes.map((code) => `code ${code}`), OTHERS];
  const hidden = new Set(only ? names.filter((name) => name !== only) : []);
  const share = explained.slice(0, 2).map((part) => `${digits(100 * part, 2)} %`);
  return (
    <Section
      title="The map"
      note={`${points.length < items ? `${whole(points.length)} of ${whole(items)}` : whole(items)} items, by ${made_of}: what is near is alike`}
    >
      <Legend
        entries={names.map((name, tone) => ({ name, tone }))}
        hidden={hidden}
        toggle={(name) => setOnly(name === only ? "" : name)}
      />
      <Scatter
        label={`Map of ${points.length} items, coloured by first code; the table below has all places.`}
        x={{ title: `first principal component (${share[0] ?? "?"} of the variance)` }}
        y={{ title: `second (${share[1] ?? "?"})` }}
        height={520}
        radius={points.length > 600 ? 3.2 : 4.5}
        choose={pick}
        points={points.map((point) => ({
          id: point.item_id,
          x: point.x,
          y: point.y,
          tone: toneOf(point),
          pale: (hidden.has(nameOf(point)) || toneOf(point) === OTHER) && point.item_id !== item,
          strong: point.item_id === item,
          ...(point.item_id === item ? { name: point.title } : {}),
          text: (
            <>
              <strong>{point.title}</strong>
              <span className="hint-more">
                {point.item_id} · first code {point.first_code ?? "none"}
              </span>
            </>
          ),
        }))}
      />
      <details className="ids-table">
        <summary>As a table</summary>
        <Table
          caption="Places on the map"
          columns={columnsOf(pick)}
          rows={points}
          rowKey={(row) => row.item_id}
          csv={`${model}-map`}
        />
      </details>
    </Section>
  );
}

/** The same places without a pointer: a title chooses its item. */
const columnsOf = (pick: (item: string) => void): Column<Point>[] => [
  { name: "item", title: "Item", text: (row) => row.item_id },
  {
    name: "title",
    title: "Title",
    text: (row) => row.title,
    cell: (row) => (
      <button type="button" className="quiet" onClick={() => pick(row.item_id)}>
        {row.title}
      </button>
    ),
  },
  { name: "code", title: "First code", text: (row) => row.first_code, number: true },
  {
    name: "x",
    title: "First component",
    text: (row) => row.x,
    cell: (row) => digits(row.x),
    number: true,
  },
  { name: "y", title: "Second", text: (row) => row.y, cell: (row) => digits(row.y), number: true },
];

/** First codes of the most items; that of the chosen item comes first. */
function commonest(points: readonly Point[], mine?: number | null): number[] {
  const counts = new Map<number, number>();
  for (const { first_code } of points)
    if (first_code !== null) counts.set(first_code, (counts.get(first_code) ?? 0) + 1);
  const size = (code: number) => (code === mine ? Infinity : (counts.get(code) ?? 0));
  return [...counts.keys()].sort((a, b) => size(b) - size(a)).slice(0, COLOURED);
}
