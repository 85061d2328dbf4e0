import { PageHead } from "../../parts/Page";

export default function Data() {
  return <PageHead title="Data">What is served here.</PageHead>;
}
