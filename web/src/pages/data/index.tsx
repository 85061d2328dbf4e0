import { get } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { Check } from "./Check";
import { Overview } from "./Overview";
import "./data.css";

export default function Data() {
  const [tab, setTab] = useParam("tab", "served");
  const tabs = [
    { name: "served", title: "What is served", content: () => <Served /> },
    { name: "check", title: "Check a file", content: () => <Check /> },
  ];
  return (
    <>
      <PageHead title="Data">
        What models learn from: how much there is, when it happened, how unevenly it is spread, and whether
        a split lets the past know the future.
      </PageHead>
      <Tabs label="Data" tabs={tabs} chosen={tab} choose={setTab} />
    </>
  );
}

function Served() {
  const { value, problem, again } = useAnswer((signal) => get("/v1/data", { signal }), []);
  if (problem) return <ErrorBox problem={problem} again={again} />;
  if (!value) return <Loading label="the data" lines={10} />;
  return <Overview data={value} />;
}
