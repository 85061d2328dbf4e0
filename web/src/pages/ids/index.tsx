import { get, type Shapes } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { PageHead, Section, Stat } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { digits, whole } from "../../parts/numbers";
import { setParams, useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { Choose } from "../../parts/Choose";
import { Beams } from "./Beams";
import { Map2d } from "./Map";
import { PathOf } from "./PathOf";
import { Tree } from "./Tree";
import "./ids.css";

export default function Ids() {
  const schemes = useAnswer((signal) => get("/v1/ids", { signal }), "ids");
  const [wanted] = useParam("model");
  const known = schemes.value ?? [];
  const scheme = known.find((one) => one.model === wanted) ?? known[0];
  const choose = (model: string) => setParams({ model, open: "", item: "", code: "" }, false);
  const picker = known.length > 1 && scheme && (
    <Choose
      label="Model"
      options={known.map((one) => one.model)}
      value={scheme.model}
      choose={choose}
    />
  );
  return (
    <>
      <PageHead title="Item ids" actions={picker}>
        A generative model writes an item code by code. This is its vocabulary, and the ways it
        takes.
      </PageHead>
      {schemes.problem && <ErrorBox problem={schemes.problem} again={schemes.again} />}
      {!schemes.value && schemes.loading && <Loading label="codes" />}
      {schemes.value && !scheme && (
        <EmptyState
          title="No model that is served has codes"
          command="penchant fit tiger --data DATA --out models/tiger && penchant serve models/tiger"
        >
          Generative models, such as Tiger, P5 or LC-Rec, give each item a sequence of codes.
        </EmptyState>
      )}
      {scheme && <Shown key={scheme.model} scheme={scheme} />}
    </>
  );
}

function Shown({ scheme }: { scheme: Shapes["IdScheme"] }) {
  const { model } = scheme;
  const [tab, setTab] = useParam("tab", "tree");
  const [item, setItem] = useParam("item");
  const found = useAnswer(
    item
      ? (signal) =>
          get("/v1/ids/items/{item_id}", { path: { item_id: item }, query: { model }, signal })
      : null,
    [model, item],
  );
  const path = (item && found.value?.path.map((step) => step.prefix)) || [];
  return (
    <div className="stack">
      <Summary scheme={scheme} />
      <Tabs
        label="Views of the codes"
        chosen={tab}
        choose={setTab}
        tabs={[
          {
            name: "tree",
            title: "Tree",
            content: () => (
              <div className="stack">
                <PathOf found={found} pick={setItem} />
                <Tree model={model} path={path} />
              </div>
            ),
          },
          { name: "beams", title: "Beams", content: () => <Beams scheme={scheme} /> },
          {
            name: "map",
            title: "Map",
            content: () => (
              <div className="stack">
                <Map2d model={model} item={item} pick={(id) => setItem(id === item ? "" : id)} />
                <PathOf found={found} pick={setItem} />
              </div>
            ),
          },
        ]}
      />
    </div>
  );
}

function Summary({ scheme }: { scheme: Shapes["IdScheme"] }) {
  const used = `${scheme.usage.map((share) => Math.round(100 * share)).join(" · ")} %`;
  return (
    <Section title={scheme.model} note={`scheme: ${scheme.scheme}`}>
      <dl className="stats">
        <Stat
          name="Items"
          value={whole(scheme.items)}
          note={scheme.without_codes > 0 && `${whole(scheme.without_codes)} without codes`}
        />
        <Stat
          name="Levels"
          value={scheme.levels}
          note={`codes at each: ${scheme.widths.join(" · ")}`}
        />
        <Stat name="Codes in use" value={used} note="at each level" />
        <Stat
          name="Collisions"
          value={`${digits(100 * scheme.collisions, 2)} %`}
          note={`told apart by the last code alone; at most ${scheme.most_alike} alike`}
        />
        <Stat
          name="Spread"
          value={scheme.perplexity.map((value) => digits(value, 2)).join(" · ")}
          note="codes of equal size that would carry as much (perplexity)"
        />
      </dl>
    </Section>
  );
}
