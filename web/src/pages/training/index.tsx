import { PageHead } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { useParam } from "../../state/address";
import { Jobs } from "./Jobs";
import { Runs } from "./Runs";
import "./training.css";

export default function Training() {
  const [tab, setTab] = useParam("tab", "jobs");
  return (
    <>
      <PageHead title="Training">
        Work under way, live: stop it, and it resumes where it was, also after the service was
        killed.
      </PageHead>
      <Tabs
        label="Where trainings come from"
        chosen={tab}
        choose={setTab}
        tabs={[
          { name: "jobs", title: "Jobs", content: () => <Jobs /> },
          { name: "runs", title: "Experiments", content: () => <Runs /> },
        ]}
      />
    </>
  );
}
