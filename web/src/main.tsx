import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./charts/charts.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
