import { ErrorBox } from "../../parts/ErrorBox";
import { ItemPicker } from "../../parts/ItemPicker";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { PersonPicker } from "../../parts/PersonPicker";
import { useAnswer } from "../../state/answer";
import { COPIED, setHistory, setUser, type Asking, type Recommended } from "./asking";
import { historyOf, ofIds, rememberTitle, type PastItem } from "./past";

type Evidence = NonNullable<Recommended["evidence"]>;

/** Who asks: a known person, or a history that is put together here. */
export function Who({ asking, evidence }: { asking: Asking; evidence: Evidence }) {
  const { user, history } = asking;
  const load = user
    ? (signal: AbortSignal) => historyOf(user, signal)
    : (signal: AbortSignal) => ofIds([...history].reverse(), signal);
  const past = useAnswer(user || history.length ? load : null, [user, history]);
  const items = past.value?.items ?? [];
  const add = (id: string, title: string) => {
    rememberTitle(id, title);
    const before = user ? items.slice(0, COPIED).map((one) => one.id).reverse() : history;
    setHistory([...before, id]);
  };
  return (
    <Section title="Who" className="who">
      <div className="stack tight">
        <PersonPicker label="A person" pick={(person) => setUser(person.id)} />
        <ItemPicker
          label={user ? "… and what if they also chose" : "… or items of a history"}
          pick={(item) => add(item.id, item.title)}
        />
      </div>
      <div className="row between who-head">
        <h3>{user ? `History of ${user}` : "History"}</h3>
        {(user || history.length > 0) && (
          <button type="button" className="quiet" onClick={() => setHistory([])}>
            Clear
          </button>
        )}
      </div>
      {past.value?.about && <p className="fine who-about">{past.value.about}</p>}
      {past.problem && <ErrorBox problem={past.problem} again={past.again} />}
      {past.loading && !past.value && <Loading label="the history" />}
      {!items.length && !past.loading && !past.problem && (
        <p className="fine">
          {user ? "Nothing is known of this person: the list is what suits everybody." : "Empty."}
        </p>
      )}
      <ol className="past" aria-label="History, newest first">
        {items.map((item, place) => (
          <Past
            key={`${item.id}-${items.length - place}`}
            item={item}
            share={shareOf(item.id, evidence)}
            remove={() => setHistory(without(items, place))}
          />
        ))}
      </ol>
    </Section>
  );
}

function Past({ item, share, remove }: { item: PastItem; share: number; remove: () => void }) {
  return (
    <li className={`past-item ${share > 0 ? "lit" : ""}`}>
      {share > 0 && <span className="past-share" style={{ width: `${100 * share}%` }} />}
      <span className="past-title">{item.title}</span>
      <span className="past-note">
        {share > 0 && <span className="unseen">speaks for the chosen item, </span>}
        {item.live && <span className="chip accent">new</span>} {item.note}
      </span>
      <button type="button" className="quiet past-remove" aria-label={`Leave out ${item.title}`} onClick={remove}>
        ×
      </button>
    </li>
  );
}

/** How loudly an item speaks, of the loudest. */
function shareOf(id: string, evidence: Evidence): number {
  const loudest = Math.max(...evidence.map((one) => Math.abs(one.contribution)), 0);
  const mine = evidence.find((one) => one.item_id === id);
  return mine && loudest > 0 ? Math.max(0.06, Math.abs(mine.contribution) / loudest) : 0;
}

/** The ids, oldest first, without the item at a place (counted from the newest). */
function without(items: readonly PastItem[], place: number): string[] {
  const left = items.filter((_, other) => other !== place);
  return left
    .slice(0, COPIED)
    .map((one) => one.id)
    .reverse();
}
