import { PageHead } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { useParam } from "../../state/address";
import { Prompts } from "./Prompts";
import { Spending } from "./Spend";
import "./prompts.css";

export default function PromptsAndSpend() {
  const [tab, setTab] = useParam("tab", "spend");
  return (
    <>
      <PageHead title="Prompts and spend">
        What language models are asked, word for word, and what their answers took.
      </PageHead>
      <Tabs
        label="Prompts and spend"
        chosen={tab}
        choose={setTab}
        tabs={[
          { name: "spend", title: "Spend", content: () => <Spending /> },
          { name: "prompts", title: "Prompts", content: () => <Prompts /> },
        ]}
      />
    </>
  );
}
