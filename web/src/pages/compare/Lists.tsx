import { Fragment } from "react";
import { toneOf } from "../../charts";
import { ErrorBox } from "../../parts/ErrorBox";
import { digits } from "../../parts/numbers";
import { timesListed, type Listed } from "./asking";

const ROW = 46;
const GAP = 72;

interface Given {
  lists: readonly Listed[];
  chosen: string;
  choose: (item: string) => void;
  lit: string;
  light: (item: string) => void;
}

/** Lists side by side; a line joins an item's places in two neighbours. */
export function Lists(given: Given) {
  const { lists } = given;
  const times = timesListed(lists);
  const columns = lists.map(() => "minmax(190px, 1fr)").join(` ${GAP}px `);
  return (
    <div className="compare-scroll" tabIndex={0} role="region" aria-label="Lists side by side">
      <div className="compare-lists" style={{ gridTemplateColumns: columns }}>
        {lists.map((list, place) => {
          const next = lists[place + 1];
          return (
            <Fragment key={list.model}>
              <OneList list={list} tone={place} times={times} {...given} />
              {next && <Joined left={list} right={next} {...given} />}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

function OneList(given: Given & { list: Listed; tone: number; times: Map<string, number> }) {
  const { list, tone, times, chosen, choose, lit, light, lists } = given;
  return (
    <section aria-label={`What ${list.model} recommends`} className={toneOf(tone)}>
      <header className="compare-head">
        <h2>{list.model}</h2>
        <p className="fine">
          {list.took_ms === null ? "no answer" : `${digits(list.took_ms, 2)} ms`}
          {list.degraded && <span className="chip bad">degraded</span>}
        </p>
      </header>
      {list.problem && <ErrorBox problem={list.problem} />}
      <ol>
        {list.items.map((item) => {
          const alone = times.get(item.item_id) === 1 && lists.length > 1;
          const look = [
            "compare-item",
            alone ? "alone" : "",
            item.item_id === lit ? "lit" : "",
          ].join(" ");
          return (
            <li key={item.item_id}>
              <button
                type="button"
                className={look}
                aria-pressed={item.item_id === chosen}
                onClick={() => choose(item.item_id === chosen ? "" : item.item_id)}
                onPointerEnter={() => light(item.item_id)}
                onPointerLeave={() => light("")}
                onFocus={() => light(item.item_id)}
                onBlur={() => light("")}
              >
                <span className="compare-rank">{item.rank}</span>
                <span className="compare-title">{item.title}</span>
                <span className="compare-score">{digits(item.score, 3)}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {list.notes.map((note) => (
        <p key={note} className="fine">
          {note}
        </p>
      ))}
    </section>
  );
}

function Joined({ left, right, lit, chosen }: Given & { left: Listed; right: Listed }) {
  const rows = Math.max(left.items.length, right.items.length);
  const places = new Map(right.items.map((item, place) => [item.item_id, place]));
  const both = left.items.flatMap((item, place) => {
    const other = places.get(item.item_id);
    return other === undefined ? [] : [{ id: item.item_id, from: place, to: other }];
  });
  const middle = (place: number) => (place + 0.5) * ROW;
  const shown = both.some(({ id }) => id === (lit || chosen));
  return (
    <div className="compare-joined">
      <p className="compare-head fine">{both.length} shared</p>
      <svg width={GAP} height={rows * ROW} aria-hidden="true">
        {both.map(({ id, from, to }) => {
          const path = `M0 ${middle(from)}C${GAP / 2} ${middle(from)} ${GAP / 2} ${middle(to)} ${GAP} ${middle(to)}`;
          const look = id === (lit || chosen) ? "lit" : shown ? "dim" : "";
          return <path key={id} className={look} d={path} />;
        })}
      </svg>
    </div>
  );
}
