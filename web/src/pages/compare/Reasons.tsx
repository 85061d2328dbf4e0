import { Section } from "../../parts/Page";
import { digits } from "../../parts/numbers";
import { toneOf } from "../../charts";
import type { Listed } from "./asking";

/** Where one item stands with each model, and which past items speak for it there. */
export function Reasons({ lists, item }: { lists: readonly Listed[]; item: string }) {
  const title = lists.flatMap((list) => list.items).find((one) => one.item_id === item)?.title;
  if (!title) return null;
  return (
    <Section title={title} note={`${item}: where it stands, and which past items speak for it`}>
      <div className="compare-asks">
        {lists.map((list, place) => {
          const found = list.items.find((one) => one.item_id === item);
          return (
            <div key={list.model} className={`compare-reason ${toneOf(place)}`}>
              <h3>{list.model}</h3>
              {found ? (
                <>
                  <p className="fine">
                    rank {found.rank}, score {digits(found.score)}
                  </p>
                  <Evidence evidence={found.evidence} />
                </>
              ) : (
                <p className="fine">
                  {list.problem ? "No answer." : `Not among its first ${list.items.length}.`}
                </p>
              )}
            </div>
          );
        })}
      </div>
    </Section>
  );
}

type Evidences = Listed["items"][number]["evidence"];

function Evidence({ evidence }: { evidence: Evidences }) {
  if (!evidence) return <p className="fine">It cannot tell which past items speak for it.</p>;
  if (!evidence.length) return <p className="fine">No past item speaks for it alone.</p>;
  const most = Math.max(...evidence.map((one) => Math.abs(one.contribution)), 1e-12);
  return (
    <ul className="compare-evidence">
      {evidence.map((one) => (
        <li key={one.item_id}>
          <span>{one.title}</span>
          <span className="compare-weight" aria-hidden="true">
            <span style={{ width: `${(100 * Math.abs(one.contribution)) / most}%` }} />
          </span>
          <span className="number fine">{digits(one.contribution, 3)}</span>
        </li>
      ))}
    </ul>
  );
}
