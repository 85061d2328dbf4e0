import type { ReactNode } from "react";
import type { Shapes } from "../../api/client";
import { Bars } from "../../charts";
import { Command, EmptyState } from "../../parts/EmptyState";
import { day, digits, short, whole } from "../../parts/numbers";
import { Section, Stat } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { LongTail } from "./LongTail";
import { SplitPictures } from "./SplitPictures";
import { Timeline } from "./Timeline";

type Picture = Shapes["DataPicture"];

/** A data set as it is. */
export function Overview({ data }: { data: Picture }) {
  return (
    <div className="stack">
      <Section title={data.name} note={data.source === "data" ? "the data folder" : "what the model holds"}>
        <Counts counts={data.counts} />
        {data.source === "model" && (
          <div className="data-notes">
            <p className="fine">
              These are the histories that the model was saved with. Serve the whole data set beside it:
            </p>
            <Command text="penchant serve MODEL --data FOLDER" />
          </div>
        )}
        {data.source === "data" &&
          data.notes.map((note) => (
            <p key={note} className="fine data-notes">
              {note}
            </p>
          ))}
      </Section>
      {data.timeline.length > 0 ? (
        <Section title="When it happened" note={`${day(data.timeline[0]?.begins ?? 0)} to ${day(data.timeline.at(-1)?.ends ?? 0)}, UTC`}>
          <Timeline bins={data.timeline} />
        </Section>
      ) : (
        <EmptyState title="The events have no times">
          Without times nobody can tell what was known when: name the column with <code>--map time=COLUMN</code>.
        </EmptyState>
      )}
      {data.splits.length > 0 && <SplitPictures splits={data.splits} bins={data.timeline} />}
      <div className="columns">
        <Section title="Long tail" note="how few items take how many of the events">
          <LongTail tail={data.tail} />
        </Section>
        <Section title="How much each has">
          <Spread spread={data.spread} />
        </Section>
        {data.ratings.length > 1 && (
          <Section title="Ratings">
            <Values label="rating" values={data.ratings} />
          </Section>
        )}
        {data.kinds.length > 1 && (
          <Section title="Kinds of events">
            <Values label="kind" values={data.kinds} />
          </Section>
        )}
      </div>
    </div>
  );
}

const LEFT_OUT = ["name", "first", "last"];

function Counts({ counts }: { counts: Picture["counts"] }) {
  const shown = Object.entries(counts).filter(([name]) => !LEFT_OUT.includes(name));
  return (
    <dl className="stats">
      {shown.map(([name, value]) => (
        <Stat key={name} name={name.replaceAll("_", " ")} value={told(value)} />
      ))}
    </dl>
  );
}

function told(value: Picture["counts"][string]): ReactNode {
  if (value === null) return "–";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? whole(value) : digits(value, 3);
}

type Quantile = Picture["spread"][number];

const QUANTILES: Column<Quantile>[] = [
  { name: "share", title: "Of all, up to", text: (row) => row.quantile, cell: (row) => `${digits(100 * row.quantile)} %` },
  { name: "person", title: "events per person", text: (row) => row.per_person, number: true },
  { name: "item", title: "events per item", text: (row) => row.per_item, number: true },
];

function Spread({ spread }: { spread: Quantile[] }) {
  return (
    <Table
      caption="Quantiles of events per person and per item"
      columns={QUANTILES}
      rows={spread}
      rowKey={(row) => String(row.quantile)}
      csv="spread"
    />
  );
}

function Values({ label, values }: { label: string; values: Picture["ratings"] }) {
  const bars = values.map((one) => ({
    name: String(one.value),
    value: one.events,
    text: `${String(one.value)}: ${whole(one.events)} events`,
  }));
  return (
    <Bars
      label={`Events by ${label}: ${bars.map((bar) => bar.text).join(", ")}`}
      title={label}
      y={{ title: "events", format: short }}
      bars={bars}
      height={200}
    />
  );
}
