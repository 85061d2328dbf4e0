import type { Answer } from "../../api/client";

export type ModelCard = Answer<"/v1/models", "get">[number];
