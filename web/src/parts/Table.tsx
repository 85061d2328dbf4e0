import { useMemo, useRef, useState, type ReactNode } from "react";
import { download, toCsv } from "./csv";

export interface Column<Row> {
  name: string;
  title: string;
  /** What is shown; the text where left out. */
  cell?: (row: Row) => ReactNode;
  /** What is sorted by and exported. Numbers are sorted as numbers. */
  text: (row: Row) => string | number | null | undefined;
  /** Numbers stand on the right. */
  number?: boolean;
  sortable?: boolean;
}

interface Given<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The name of the exported file, without `.csv`. Left out: no export. */
  csv?: string;
  /** Rows that are shown at once where there are many, in pixels of height. */
  height?: number;
  /** Whether the caption is only for screen readers. */
  captionUnseen?: boolean;
}

const ROW = 37;
const MANY = 200;

/** A table that sorts, exports, and draws only the rows in view when there are many. */
export function Table<Row>(given: Given<Row>) {
  const { columns, rows, rowKey, csv, height = 480 } = given;
  const [order, setOrder] = useState<{ name: string; down: boolean } | null>(null);
  const [top, setTop] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => sortedBy(rows, columns, order), [rows, columns, order]);
  const many = sorted.length > MANY;
  const first = many ? Math.max(0, Math.floor(top / ROW) - 10) : 0;
  const last = many ? Math.min(sorted.length, first + Math.ceil(height / ROW) + 20) : sorted.length;
  const save = () => {
    const told = columns.filter((column) => column.title);
    const texts = sorted.map((row) => told.map((column) => String(column.text(row) ?? "")));
    download(`${csv}.csv`, toCsv(told.map((column) => column.title), texts));
  };
  return (
    <div className="table">
      <div className="table-head">
        <p className={given.captionUnseen ? "unseen" : "table-caption"}>{given.caption}</p>
        {csv && rows.length > 0 && (
          <button type="button" className="quiet" onClick={save}>
            Export CSV
          </button>
        )}
      </div>
      <div
        ref={box}
        className="table-box"
        style={many ? { maxHeight: height } : undefined}
        onScroll={many ? () => setTop(box.current?.scrollTop ?? 0) : undefined}
        tabIndex={0}
        role="region"
        aria-label={given.caption}
      >
        <table aria-rowcount={sorted.length + 1} className={many ? "even" : undefined}>
          <caption className="unseen">{given.caption}</caption>
          <Head columns={columns} order={order} setOrder={setOrder} />
          <tbody>
            {first > 0 && <Gap rows={first} columns={columns.length} />}
            {sorted.slice(first, last).map((row, place) => (
              <tr key={rowKey(row)} aria-rowindex={first + place + 2}>
                {columns.map((column) => (
                  <td key={column.name} className={column.number ? "number" : undefined}>
                    {column.cell ? column.cell(row) : column.text(row)}
                  </td>
                ))}
              </tr>
            ))}
            {last < sorted.length && <Gap rows={sorted.length - last} columns={columns.length} />}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Head<Row>(given: {
  columns: readonly Column<Row>[];
  order: { name: string; down: boolean } | null;
  setOrder: (order: { name: string; down: boolean } | null) => void;
}) {
  const { columns, order, setOrder } = given;
  const next = (name: string) => {
    if (order?.name !== name) setOrder({ name, down: false });
    else setOrder(order.down ? null : { name, down: true });
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => {
          const mine = order?.name === column.name;
          const sort = mine ? (order.down ? "descending" : "ascending") : undefined;
          return (
            <th
              key={column.name}
              scope="col"
              className={column.number ? "number" : undefined}
              aria-sort={sort}
            >
              {column.sortable === false ? (
                column.title
              ) : (
                <button type="button" className="sort" onClick={() => next(column.name)}>
                  {column.title}
                  <span aria-hidden="true" className="sort-mark">
                    {mine ? (order.down ? "↓" : "↑") : ""}
                  </span>
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Gap({ rows, columns }: { rows: number; columns: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} className="gap" style={{ height: rows * ROW }} />
    </tr>
  );
}

function sortedBy<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: { name: string; down: boolean } | null,
): readonly Row[] {
  const column = columns.find((one) => one.name === order?.name);
  if (!column || !order) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => sign * compared(column.text(a), column.text(b)));
}

function compared(a: string | number | null | undefined, b: typeof a): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
