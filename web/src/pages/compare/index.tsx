import { useState } from "react";
import { get, type Shapes } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { ItemPicker } from "../../parts/ItemPicker";
import { Loading } from "../../parts/Loading";
import { PageHead, Section } from "../../parts/Page";
import { PersonPicker } from "../../parts/PersonPicker";
import { setParams, useListParam, useNumberParam, useParam } from "../../state/address";
import { useAnswer, useSettled } from "../../state/answer";
import { askAll, timesListed, type Listed, type Who } from "./asking";
import { Lists } from "./Lists";
import { Overlap } from "./Overlap";
import { Reasons } from "./Reasons";
import "./compare.css";

const MOST = 4;

export default function Compare() {
  const models = useAnswer((signal) => get("/v1/models", { signal }), "models");
  const loaded = (models.value ?? []).filter((model) => model.loaded);
  const [wanted, setWanted] = useListParam("models");
  const [k, setK] = useNumberParam("k", 10);
  const names = loaded.map((model) => model.name);
  const chosen = wanted.length ? wanted.filter((name) => names.includes(name)) : names.slice(0, 3);
  const who = useWho();
  return (
    <>
      <PageHead title="Compare">
        The same person, two to four models. Lines join an item’s places; choose one to see why.
      </PageHead>
      {models.problem && <ErrorBox problem={models.problem} again={models.again} />}
      {!models.value && models.loading && <Loading label="models" />}
      {models.value && loaded.length < 2 && (
        <EmptyState
          title="Only one model is served"
          command="penchant serve models/shop models/other"
        >
          Name more than one when the service starts, or load one that a job has fitted.
        </EmptyState>
      )}
      {loaded.length > 0 && (
        <div className="stack">
          <Section title="Who, and by which models">
            <div className="compare-asks">
              <WhoAsks who={who.who} />
              <Models models={loaded} chosen={chosen} choose={setWanted} />
              <label className="field">
                <span>Items of each list: {k}</span>
                <input
                  type="range"
                  min={3}
                  max={30}
                  value={k}
                  onChange={(event) => setK(Number(event.target.value))}
                />
              </label>
            </div>
          </Section>
          <Answers models={chosen} who={who.who} k={k} />
        </div>
      )}
    </>
  );
}

function Answers({ models, who, k }: { models: string[]; who: Who | null; k: number }) {
  const [item, setItem] = useParam("item");
  const [lit, light] = useState("");
  const settled = useSettled(k, 150);
  const asks = who && models.length ? who : null;
  const answer = useAnswer(asks && ((signal) => askAll(models, asks, settled, signal)), [
    models,
    who,
    settled,
  ]);
  if (!asks)
    return (
      <EmptyState title="Nobody is chosen">
        Choose a person above, or items that somebody might have liked.
      </EmptyState>
    );
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="lists" lines={8} />;
  const lists = answer.value;
  return (
    <div className={`stack ${answer.loading ? "stale" : ""}`}>
      <Section title="Side by side" note={toldOf(lists)}>
        <Lists lists={lists} chosen={item} choose={setItem} lit={lit} light={light} />
      </Section>
      {item && <Reasons lists={lists} item={item} />}
      <Overlap lists={lists} />
    </div>
  );
}

function toldOf(lists: readonly Listed[]): string {
  const times = timesListed(lists);
  const shared = [...times.values()].filter((n) => n === lists.length).length;
  return `${times.size} different items; ${shared} in every list. A coloured edge: in one list only.`;
}

function useWho(): { who: Who | null } {
  const [user] = useParam("user");
  const [history] = useListParam("history");
  const needed = !user && !history.length;
  const first = useAnswer(
    needed ? (signal) => get("/v1/people", { query: { limit: 1 }, signal }) : null,
    needed,
  );
  if (history.length) return { who: { history } };
  const id = user || first.value?.people[0]?.user_id;
  return { who: id ? { user_id: id } : null };
}

function WhoAsks({ who }: { who: Who | null }) {
  const history = who && "history" in who ? who.history : [];
  const add = (id: string) => {
    const items = [...history.filter((one) => one !== id), id].map(encodeURIComponent);
    setParams({ user: "", history: items.join(",") }, false);
  };
  const drop = (id: string) => {
    const items = history.filter((one) => one !== id).map(encodeURIComponent);
    setParams({ history: items.join(",") }, false);
  };
  return (
    <div className="stack tight">
      <PersonPicker
        label="A person"
        pick={(person) => setParams({ user: person.id, history: "" }, false)}
      />
      <ItemPicker label="or somebody who liked" pick={(item) => add(item.id)} />
      <p className="row">
        {who && "user_id" in who && <span className="chip accent">{who.user_id}</span>}
        {history.map((id) => (
          <button
            key={id}
            type="button"
            className="chip evidence compare-chip"
            aria-label={`Take ${id} out of the history`}
            onClick={() => drop(id)}
          >
            {id} ×
          </button>
        ))}
      </p>
    </div>
  );
}

function Models(given: {
  models: readonly Shapes["ModelCard"][];
  chosen: string[];
  choose: (names: string[]) => void;
}) {
  const { models, chosen, choose } = given;
  return (
    <fieldset className="compare-models">
      <legend className="fine">Two to {MOST} models</legend>
      {models.map(({ name, method }) => {
        const on = chosen.includes(name);
        const change = () => choose(on ? chosen.filter((n) => n !== name) : [...chosen, name]);
        const stuck = on ? chosen.length <= 1 : chosen.length >= MOST;
        return (
          <label key={name} className="check">
            <input type="checkbox" checked={on} disabled={stuck} onChange={change} />
            {name}
            {method !== name && <span className="fine">{method}</span>}
          </label>
        );
      })}
    </fieldset>
  );
}
