// Written by types.mjs: npm run types

export interface paths {
    "/v1/recommend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Recommend
         * @description The best open items for a user, or for somebody with a history.
         */
        post: operations["recommend_v1_recommend_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recommend/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recommend User
         * @description The same in a line, for trying out.
         */
        get: operations["recommend_user_v1_recommend__user_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/score": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Score
         * @description Given items in the order in which they suit, those of the history, too.
         */
        post: operations["score_v1_score_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Similar
         * @description Items like an item.
         */
        post: operations["similar_v1_similar_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain
         * @description The past items that speak for each of the items, the loudest first.
         */
        post: operations["explain_v1_explain_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rerank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rerank
         * @description Texts by how well they answer a query, in the shape that Jina and Cohere have.
         */
        post: operations["rerank_v1_rerank_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chat
         * @description An answer that speaks of retrieved items alone, with those items.
         *
         *     What the newest message says is read as a filter and a search; items are retrieved within it and
         *     within ``where``; a language model, if there is one, speaks of them, and sentences that speak of
         *     anything else are withheld. Without one, or when it fails, a plain sentence names them.
         */
        post: operations["chat_v1_chat_completions_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin
         * @description A conversation that is remembered; whoever has its id and this key may go on with it.
         */
        post: operations["begin_v1_conversations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{conversation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Conversation
         * @description What was said so far, oldest first, without what names anybody.
         */
        get: operations["conversation_v1_conversations__conversation_id__get"];
        put?: never;
        post?: never;
        /**
         * Forget
         * @description Forgets a conversation; what it said is overwritten.
         */
        delete: operations["forget_v1_conversations__conversation_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take Events
         * @description One event, an array of them, or one a line; answered when the disk has them.
         *
         *     An event that was there before is told as a duplicate. Others of the same request are taken
         *     though some are rejected; lines and places count from 1.
         */
        post: operations["take_events_v1_events_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * History
         * @description The items of a person, oldest first: those of the active model, then what came since.
         */
        get: operations["history_v1_users__user_id__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase
         * @description Erases all that is kept of a person; the receipt names the person by a hash.
         */
        delete: operations["erase_v1_users__user_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Items
         * @description Items of the active model in the order of the catalogue, or by words; a page at a time.
         */
        get: operations["items_v1_items_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Item
         * @description All that is known of an item.
         */
        get: operations["item_v1_items__item_id__get"];
        /**
         * Put
         * @description What an item is from now on, all of it; a new one can be recommended at once.
         */
        put: operations["put_v1_items__item_id__put"];
        post?: never;
        /**
         * Delete
         * @description From now on the item is never recommended; to put it again brings it back.
         */
        delete: operations["delete_v1_items__item_id__delete"];
        options?: never;
        head?: never;
        /**
         * Patch
         * @description Changes what is named of an item, and leaves the rest.
         */
        patch: operations["patch_v1_items__item_id__patch"];
        trace?: never;
    };
    "/v1/why-not": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Why
         * @description Why an item was not recommended, where it stands, and what would have to change.
         */
        post: operations["why_v1_why_not_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * People
         * @description People with a history in the active model, in its order; by a part of their id.
         *
         *     Of whom nothing but events since then is known has a card, and is not in this list.
         */
        get: operations["people_v1_people_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Person
         * @description What is known of a person, and the history, newest first, what came in since among it.
         */
        get: operations["person_v1_people__user_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Data
         * @description Counts, events over time, the long tail, and who learns from when under each split.
         */
        get: operations["data_v1_data_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data:check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check Data
         * @description What is wrong, cell by cell, with a log of events or a catalogue; nothing of it is kept.
         */
        post: operations["check_data_v1_data_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Schemes
         * @description The models whose items have codes, and how good these are.
         */
        get: operations["schemes_v1_ids_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ids/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tree
         * @description A node and its children: how many items, which words their titles share, some of them.
         */
        get: operations["tree_v1_ids_tree_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ids/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Item Path
         * @description The codes of an item, and what begins like it at each of them.
         */
        get: operations["item_path_v1_ids_items__item_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ids/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Positions
         * @description Items in two dimensions: the first principal components of what the model knows of them.
         */
        get: operations["positions_v1_ids_map_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ids/beams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Beams
         * @description The ways that a model followed to its answers, code by code, and those that it gave up.
         */
        post: operations["beams_v1_ids_beams_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Runs
         * @description Experiments in the folder of the service, the newest first.
         */
        get: operations["runs_v1_runs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Run
         * @description What was run, and what came out: means with intervals, by groups, costs, leak audit.
         */
        get: operations["run_v1_runs__run__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{run}/curves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Curves
         * @description How the trainings of a run went, or go.
         */
        get: operations["curves_v1_runs__run__curves_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare
         * @description Paired differences between models, with intervals and p-values: the significance matrix.
         */
        post: operations["compare_v1_compare_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prompt List
         * @description The prompts that ship, with what each has to be filled with.
         */
        get: operations["prompt_list_v1_prompts_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prompts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prompt Text
         * @description A prompt word for word: NAME is the newest version, NAME@2 the second.
         */
        get: operations["prompt_text_v1_prompts__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/spend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Spend
         * @description Calls of language models, tokens and money: by day, model, prompt and verb.
         */
        get: operations["spend_v1_spend_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description Models that answer, and those of the models folder that could.
         */
        get: operations["list_models_v1_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models:rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back
         * @description Goes back to the model that answered before, as often as there is one.
         */
        post: operations["roll_back_v1_models_rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}:load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Load Model
         * @description Opens a model of the models folder, after checking that it is what was saved.
         */
        post: operations["load_model_v1_models__name__load_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}:unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unload Model
         * @description Closes a model that does not answer by default; requests under way are answered.
         */
        post: operations["unload_model_v1_models__name__unload_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}:activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate Model
         * @description From now on this model answers where none is named; requests under way end as they began.
         */
        post: operations["activate_model_v1_models__name__activate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One Model
         * @description What is known of a model.
         */
        get: operations["one_model_v1_models__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}/card": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Model Text
         * @description A model's card, in Markdown.
         */
        get: operations["model_text_v1_models__name__card_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items:bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bulk
         * @description Many items at once, each as if it were put or deleted alone.
         */
        post: operations["bulk_v1_items_bulk_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Jobs
         * @description All jobs, the newest first.
         */
        get: operations["jobs_v1_jobs_get"];
        put?: never;
        /**
         * Begin
         * @description Puts long work into the queue; jobs are done one after another.
         */
        post: operations["begin_v1_jobs_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Job
         * @description How a job goes.
         */
        get: operations["job_v1_jobs__job_id__get"];
        put?: never;
        post?: never;
        /**
         * Cancel
         * @description Ends a job that waits or runs; of one that is over, removes what it left.
         */
        delete: operations["cancel_v1_jobs__job_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}:resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume
         * @description Queues a job again that was interrupted, cancelled or failed: it continues where it was.
         */
        post: operations["resume_v1_jobs__job_id__resume_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listen
         * @description What a job tells, from the first line or behind one, until it is over.
         */
        get: operations["listen_v1_jobs__job_id__log_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Result
         * @description The recommendations, or the report, that a job left.
         */
        get: operations["result_v1_jobs__job_id__result_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live
         * @description The process answers.
         */
        get: operations["live_health_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Models are loaded and the event store is open.
         */
        get: operations["ready_health_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Version
         * @description Of Penchant.
         */
        get: operations["version_version_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description For Prometheus.
         */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Activated
         * @description Which model answers where none is named.
         */
        Activated: {
            /** Active */
            active: string;
            /** Before */
            before: string;
        };
        /**
         * Answered
         * @description An answer.
         */
        Answered: {
            /** Recommendation Id */
            recommendation_id: string;
            /** Model */
            model: string;
            /**
             * Degraded
             * @description The model did not answer in time, or not as it should.
             */
            degraded: boolean;
            /** Items */
            items: components["schemas"]["Recommended"][];
            /** Notes */
            notes: string[];
            /**
             * Cached
             * @description As it was answered before; nothing changed.
             * @default false
             */
            cached?: boolean;
            /** Took Ms */
            took_ms: number;
            /** @description What was made of the query. */
            understood?: components["schemas"]["penchant__serve__shapes__talking__Understood"] | null;
            /**
             * Prompt
             * @description name@version of the re-ranking's prompt.
             */
            prompt?: string | null;
            usage?: components["schemas"]["Usage"] | null;
            /**
             * Calls
             * @description With show_prompts.
             */
            calls?: components["schemas"]["Call"][] | null;
        };
        /**
         * Beam
         * @description A way into the tree.
         */
        Beam: {
            /** Prefix */
            prefix: string;
            /** Parent */
            parent: string;
            /** Label */
            label: string;
            /**
             * Log Probability
             * @description Natural log, of the way from the root.
             */
            log_probability: number;
            /**
             * Step
             * @description Natural log, of this code alone.
             */
            step: number;
            /**
             * Items
             * @description Below it, open or not.
             */
            items: number;
            /**
             * Lived
             * @description Whether it was followed on.
             */
            lived: boolean;
            /** Words */
            words: string[];
        };
        /**
         * BeamLevel
         * @description The ways after so many codes, the likeliest first.
         */
        BeamLevel: {
            /** Level */
            level: number;
            /** Beams */
            beams: components["schemas"]["Beam"][];
            /**
             * Considered
             * @description All ways that were open there.
             */
            considered: number;
        };
        /**
         * BeamsAnswer
         * @description How an answer came about.
         */
        BeamsAnswer: {
            /** Model */
            model: string;
            /** Beams */
            beams: number;
            /** Levels */
            levels: components["schemas"]["BeamLevel"][];
            /** Items */
            items: components["schemas"]["Recommended"][];
            /** Notes */
            notes: string[];
        };
        /**
         * BeamsRequest
         * @description Ask which ways a model followed.
         */
        BeamsRequest: {
            /** User Id */
            user_id?: string | null;
            /**
             * History
             * @description Item ids, oldest first, instead of a user.
             */
            history?: string[] | null;
            /**
             * Model
             * @description Which model answers; else the active one.
             */
            model?: string | null;
            /**
             * Where
             * @example year > 1990 and categories has 'Comedy'
             */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * Exclude Seen
             * @default true
             */
            exclude_seen?: boolean;
            /** Deadline Ms */
            deadline_ms?: number | null;
            /**
             * K
             * @default 10
             */
            k?: number;
            /**
             * Beams
             * @description Ways followed at once; else as many as the model does.
             */
            beams?: number | null;
            /**
             * Died
             * @description Of each level, so many of the best that were given up.
             * @default 10
             */
            died?: number;
        };
        /**
         * Bin
         * @description A stretch of time.
         */
        Bin: {
            /**
             * Begins
             * @description Microseconds since 1970.
             */
            begins: number;
            /** Ends */
            ends: number;
            /** Events */
            events: number;
            /** People */
            people: number;
            /**
             * New People
             * @description Whose first event is in it.
             */
            new_people: number;
            /**
             * New Items
             * @description That nobody had chosen before.
             */
            new_items: number;
        };
        /**
         * Branch
         * @description What begins with the same codes.
         */
        Branch: {
            /**
             * Prefix
             * @description Codes from the root, with dots between them.
             */
            prefix: string;
            /** Code */
            code: number;
            /**
             * Label
             * @description The code as a word, <b_17>: level b, code 17.
             */
            label: string;
            /** Items */
            items: number;
            /**
             * Leaf
             * @description It is one item, and no code comes after.
             */
            leaf: boolean;
            /**
             * Words
             * @description Frequent in titles below it, and less so elsewhere.
             */
            words: string[];
            /** Examples */
            examples: components["schemas"]["Example"][];
        };
        /**
         * Call
         * @description A call to a language model, word for word, after what names a person was taken out.
         */
        Call: {
            /** Prompt */
            prompt: string;
            /** Reply */
            reply: string;
            /**
             * Template
             * @description name@version#sha256 of the prompt; may be empty.
             */
            template: string;
            /**
             * Failure
             * @description Why there is no reply; empty: there is one.
             * @default
             */
            failure?: string;
        };
        /**
         * CardText
         * @description What a model is, for whoever finds it.
         */
        CardText: {
            /** Name */
            name: string;
            /** Markdown */
            markdown: string;
        };
        /**
         * ChatAnswer
         * @description A chat completion, with the items that it may speak of.
         */
        ChatAnswer: {
            /**
             * Items
             * @description What was retrieved, the best first.
             */
            items: components["schemas"]["ChatItem"][];
            understood: components["schemas"]["penchant__serve__shapes__talking__Understood"];
            /**
             * Answered By
             * @description The language model; template: a sentence that is made.
             */
            answered_by: string;
            /**
             * Degraded
             * @description A language model was to answer, and did not.
             */
            degraded: boolean;
            /**
             * Withheld
             * @description Sentences of the model that were not let through, by reason.
             */
            withheld: {
                [key: string]: number;
            };
            /** Conversation Id */
            conversation_id: string | null;
            /** Recommendation Id */
            recommendation_id: string;
            /** Notes */
            notes: string[];
            /** Calls */
            calls?: components["schemas"]["Call"][] | null;
            /** Id */
            id: string;
            /**
             * Object
             * @default chat.completion
             * @constant
             */
            object?: "chat.completion";
            /** Created */
            created: number;
            /** Model */
            model: string;
            /** Choices */
            choices: components["schemas"]["Choice"][];
            usage: components["schemas"]["Usage"];
        };
        /**
         * ChatItem
         * @description An item that was retrieved for an answer.
         */
        ChatItem: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /**
             * Rank
             * @description The answer cites it by this number, in brackets: [1].
             */
            rank: number;
            /** Score */
            score: number;
            /**
             * Cited
             * @description Which of those cited it is, from 1; null: it is not.
             */
            cited: number | null;
            /** Columns */
            columns: {
                [key: string]: string | number | boolean | string[] | null;
            };
        };
        /**
         * ChatMessage
         * @description What is answered.
         */
        ChatMessage: {
            /**
             * Role
             * @default assistant
             * @constant
             */
            role?: "assistant";
            /** Content */
            content: string;
            /** Refusal */
            refusal?: null;
        };
        /**
         * ChatRequest
         * @description A chat completion. How the answer is drawn cannot be chosen: those options are ignored.
         */
        ChatRequest: {
            /** Messages */
            messages: components["schemas"]["MessageIn"][];
            /**
             * Model
             * @description Which model retrieves; else the active.
             */
            model?: string | null;
            /**
             * Stream
             * @default false
             */
            stream?: boolean;
            stream_options?: components["schemas"]["StreamOptions"] | null;
            /**
             * User
             * @description Whose history counts.
             */
            user?: string | null;
            /**
             * History
             * @description Item ids instead, oldest first.
             */
            history?: string[] | null;
            /**
             * Where
             * @description A filter that holds whatever is said.
             */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * K
             * @description Items that are retrieved: the answer speaks of no others.
             * @default 10
             */
            k?: number;
            /**
             * Conversation Id
             * @description A conversation that goes on: its messages come before these.
             */
            conversation_id?: string | null;
            /** Deadline Ms */
            deadline_ms?: number | null;
            /**
             * Show Prompts
             * @description Tell what the model was asked.
             * @default false
             */
            show_prompts?: boolean;
            /** Temperature */
            temperature?: number | null;
            /** Top P */
            top_p?: number | null;
            /** N */
            n?: 1 | null;
            /** Max Tokens */
            max_tokens?: number | null;
            /** Max Completion Tokens */
            max_completion_tokens?: number | null;
            /** Presence Penalty */
            presence_penalty?: number | null;
            /** Frequency Penalty */
            frequency_penalty?: number | null;
            /** Seed */
            seed?: number | null;
            /** Stop */
            stop?: string | string[] | null;
        };
        /**
         * Check
         * @description One line of the leak audit.
         */
        Check: {
            /** Name */
            name: string;
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "passed" | "warned" | "failed";
            /** Figure */
            figure: number | null;
            /** Explanation */
            explanation: string;
        };
        /**
         * Checked
         * @description What a file holds, and what is wrong with it.
         */
        Checked: {
            /** Ok */
            ok: boolean;
            /** Bytes */
            bytes: number;
            /** Errors */
            errors: number;
            /** Warnings */
            warnings: number;
            /** Findings */
            findings: components["schemas"]["Fault"][];
            understood: components["schemas"]["penchant__serve__shapes__data__Understood"] | null;
            /** Counts */
            counts: {
                [key: string]: string | number | boolean | null;
            };
            /**
             * Preview
             * @description The first rows, as they were read.
             */
            preview: {
                [key: string]: string | number | boolean | string[] | null;
            }[];
            /**
             * Next
             * @description What to do now.
             */
            next: string;
        };
        /**
         * Choice
         * @description The only answer.
         */
        Choice: {
            /**
             * Index
             * @default 0
             * @constant
             */
            index?: 0;
            message: components["schemas"]["ChatMessage"];
            /**
             * Finish Reason
             * @default stop
             * @constant
             */
            finish_reason?: "stop";
            /** Logprobs */
            logprobs?: null;
        };
        /**
         * Clause
         * @description A part of the filter that does not let the item through.
         */
        Clause: {
            /** Clause */
            clause: string;
            /**
             * Values
             * @description What the item has in the columns that the clause asks about.
             */
            values: {
                [key: string]: string | number | boolean | string[] | null;
            };
        };
        /**
         * CompareRequest
         * @description Ask whether differences are more than luck.
         */
        CompareRequest: {
            /** Runs */
            runs: string[];
            /**
             * Metric
             * @default ndcg@10
             * @example ndcg@10
             */
            metric?: string;
            /**
             * Models
             * @description Some of the models; else all. With several runs they are called RUN/MODEL.
             */
            models?: string[] | null;
            /**
             * Against
             * @description Only pairs with this model.
             */
            against?: string | null;
        };
        /**
         * Comparison
         * @description All pairs of models: the significance matrix.
         */
        Comparison: {
            /** Metric */
            metric: string;
            /**
             * Better
             * @enum {string}
             */
            better: "higher" | "lower" | "neither";
            /**
             * Models
             * @description The best first.
             */
            models: components["schemas"]["Figure"][];
            /** Pairs */
            pairs: components["schemas"]["Pair"][];
            /** People */
            people: number;
            /** Queries */
            queries: number;
            /** Notes */
            notes: string[];
        };
        /**
         * Conversation
         * @description What was said so far.
         */
        Conversation: {
            /** Id */
            id: string;
            /** User */
            user: string | null;
            /**
             * Created
             * @description Microseconds since 1970.
             */
            created: number;
            /** Messages */
            messages: components["schemas"]["Turn"][];
        };
        /**
         * Cost
         * @description What a method costs; null where it was not measured.
         */
        Cost: {
            /** Model */
            model: string;
            /** Fit S */
            fit_s: number | null;
            /**
             * Recommend Ms
             * @description Milliseconds for 1,000 lists.
             */
            recommend_ms: number | null;
            /** Peak Memory Mb */
            peak_memory_mb: number | null;
            /**
             * Calls
             * @description Of language models, for 1,000 answers.
             */
            calls: number | null;
            /** Prompt Tokens */
            prompt_tokens: number | null;
            /** Completion Tokens */
            completion_tokens: number | null;
            /** Money */
            money: number | null;
        };
        /**
         * Curves
         * @description All curves of an experiment.
         */
        Curves: {
            /** Run */
            run: string;
            /** Curves */
            curves: components["schemas"]["TrainingCurve"][];
        };
        /**
         * DataPicture
         * @description A data set.
         */
        DataPicture: {
            /** Name */
            name: string;
            /**
             * Source
             * @description The data folder of the service, or the histories that the model holds.
             * @enum {string}
             */
            source: "data" | "model";
            /** Counts */
            counts: {
                [key: string]: string | number | boolean | null;
            };
            /** Spread */
            spread: components["schemas"]["Quantile"][];
            /**
             * Timeline
             * @description Empty: the events have no times.
             */
            timeline: components["schemas"]["Bin"][];
            /** Tail */
            tail: components["schemas"]["TailPoint"][];
            /** Ratings */
            ratings: components["schemas"]["Valued"][];
            /** Kinds */
            kinds: components["schemas"]["Valued"][];
            /** Splits */
            splits: components["schemas"]["SplitPicture"][];
            /** Notes */
            notes: string[];
        };
        /**
         * Document
         * @description A text to put in order.
         */
        Document: {
            /** Text */
            text: string;
        };
        /**
         * EvaluateJob
         * @description Measure models on the same held-out events.
         */
        EvaluateJob: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "evaluate";
            /** Models */
            models: string[];
            /**
             * On
             * @description The test part of a split of the data, or what people did since.
             * @default split
             * @enum {string}
             */
            on?: "split" | "events";
            /**
             * Split
             * @default time
             * @enum {string}
             */
            split?: "time" | "last" | "ratio" | "cold-users" | "cold-items";
            /** Metrics */
            metrics?: string[] | null;
            /**
             * Seed
             * @default 0
             */
            seed?: number;
        };
        /**
         * EventsAnswer
         * @description What became of events; accepted ones are on the disk.
         */
        EventsAnswer: {
            /** Accepted */
            accepted: number;
            /** Duplicate */
            duplicate: number;
            /** Rejected */
            rejected: components["schemas"]["Rejected"][];
        };
        /**
         * Evidence
         * @description A past item that speaks for a recommended one.
         */
        Evidence: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /** Contribution */
            contribution: number;
        };
        /**
         * Example
         * @description An item below a branch.
         */
        Example: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
        };
        /**
         * ExplainRequest
         * @description Ask why given items would be recommended.
         */
        ExplainRequest: {
            /** User Id */
            user_id?: string | null;
            /** History */
            history?: string[] | null;
            /** Model */
            model?: string | null;
            /** Items */
            items: string[];
        };
        /**
         * Fault
         * @description Something wrong (the file is refused) or odd, at a cell where it has one.
         */
        Fault: {
            /**
             * Level
             * @enum {string}
             */
            level: "error" | "warning";
            /** Problem */
            problem: string;
            /**
             * Row
             * @description Of the file, the header being row 1.
             */
            row: number | null;
            /** Column */
            column: string | null;
            /** Value */
            value: string | null;
            /** Wanted */
            wanted: string;
            /** Hint */
            hint: string;
        };
        /**
         * Figure
         * @description A mean with its interval.
         */
        Figure: {
            /** Model */
            model: string;
            /** Metric */
            metric: string;
            /** Value */
            value: number | null;
            /**
             * Low
             * @description Lower end of the 95 % interval; null: not known.
             */
            low: number | null;
            /** High */
            high: number | null;
            /**
             * Queries
             * @description Those with a value.
             */
            queries: number;
        };
        /**
         * Forgotten
         * @description A conversation that is no more.
         */
        Forgotten: {
            /** Id */
            id: string;
            /** Messages */
            messages: number;
        };
        /**
         * GroupFigure
         * @description A mean within a group of queries.
         */
        GroupFigure: {
            /** Model */
            model: string;
            /** Metric */
            metric: string;
            /** Value */
            value: number | null;
            /**
             * Low
             * @description Lower end of the 95 % interval; null: not known.
             */
            low: number | null;
            /** High */
            high: number | null;
            /**
             * Queries
             * @description Those with a value.
             */
            queries: number;
            /** Group */
            group: string;
        };
        /**
         * IdMap
         * @description Items in two dimensions: near means alike.
         */
        IdMap: {
            /** Model */
            model: string;
            /**
             * Made Of
             * @description 'vectors' of the model, or the 'codes' themselves.
             */
            made_of: string;
            /**
             * Explained
             * @description Share of the variance that each axis shows.
             */
            explained: number[];
            /**
             * Items
             * @description All there are; the points are drawn from them.
             */
            items: number;
            /** Points */
            points: components["schemas"]["MapPoint"][];
        };
        /**
         * IdScheme
         * @description How a model's items are coded.
         */
        IdScheme: {
            /** Model */
            model: string;
            /** Scheme */
            scheme: string;
            /** Levels */
            levels: number;
            /**
             * Widths
             * @description How many codes each level has.
             */
            widths: number[];
            /** Items */
            items: number;
            /** Without Codes */
            without_codes: number;
            /**
             * Collisions
             * @description Share of items that only the last code tells apart.
             */
            collisions: number;
            /** Most Alike */
            most_alike: number;
            /**
             * Usage
             * @description Of each level: the share of its codes in use.
             */
            usage: number[];
            /** Perplexity */
            perplexity: number[];
            /**
             * Prefixes
             * @description How many beginnings of 1, 2 … codes there are.
             */
            prefixes: number[];
            /**
             * Beams
             * @description Whether the model can tell the ways that it followed.
             */
            beams: boolean;
        };
        /**
         * Instead
         * @description A past that would have done it.
         */
        Instead: {
            /**
             * Item Id
             * @description Had this been the last of the history …
             */
            item_id: string;
            /** Title */
            title: string;
            /**
             * Rank
             * @description … the item would stand here.
             */
            rank: number;
        };
        /**
         * Item
         * @description An item of the catalogue.
         */
        Item: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /** Columns */
            columns: {
                [key: string]: string | number | boolean | string[] | null;
            };
        };
        /**
         * ItemChanged
         * @description What became of an item. It is on the disk, and true of the next answer.
         */
        ItemChanged: {
            /** Item Id */
            item_id: string;
            /**
             * Fate
             * @enum {string}
             */
            fate: "created" | "changed" | "same" | "deleted";
            /**
             * Models
             * @description Model -> how it takes new items: 'grows', or 'beside its nearest'.
             */
            models: {
                [key: string]: string;
            };
        };
        /**
         * ItemIn
         * @description What is known of an item.
         */
        ItemIn: {
            /** Title */
            title?: string | null;
            /**
             * Columns
             * @description As the catalogue has them, without the id.
             * @default {}
             * @example {
             *       "categories": [
             *         "Comedy"
             *       ],
             *       "year": 2026
             *     }
             */
            columns?: {
                [key: string]: string | boolean | number | string[] | null;
            };
        };
        /**
         * ItemPage
         * @description Some items, and where the next begin.
         */
        ItemPage: {
            /** Items */
            items: components["schemas"]["Item"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * ItemPath
         * @description The codes of an item.
         */
        ItemPath: {
            /** Model */
            model: string;
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /**
             * Codes
             * @description Empty: it has none, and is never answered.
             */
            codes: number[];
            /** Path */
            path: components["schemas"]["Branch"][];
        };
        /**
         * ItemRejected
         * @description An item that was not taken.
         */
        ItemRejected: {
            /**
             * Line
             * @description Its place, counted from 1.
             */
            line: number;
            /**
             * Code
             * @constant
             */
            code: "invalid";
            /** Message */
            message: string;
        };
        /**
         * ItemRow
         * @description An item among many.
         */
        ItemRow: {
            /** Title */
            title?: string | null;
            /**
             * Columns
             * @description As the catalogue has them, without the id.
             * @default {}
             * @example {
             *       "categories": [
             *         "Comedy"
             *       ],
             *       "year": 2026
             *     }
             */
            columns?: {
                [key: string]: string | boolean | number | string[] | null;
            };
            /**
             * Item Id
             * @example i4
             */
            item_id: string;
            /**
             * Delete
             * @description It is never recommended again.
             * @default false
             */
            delete?: boolean;
        };
        /**
         * ItemRows
         * @description Many items.
         */
        ItemRows: {
            /** Items */
            items: components["schemas"]["ItemRow"][];
        };
        /**
         * ItemsChanged
         * @description What became of many items.
         */
        ItemsChanged: {
            /** Created */
            created: number;
            /** Changed */
            changed: number;
            /** Same */
            same: number;
            /** Deleted */
            deleted: number;
            /** Rejected */
            rejected: components["schemas"]["ItemRejected"][];
            /**
             * Models
             * @description As for one item.
             */
            models: {
                [key: string]: string;
            };
        };
        /**
         * Job
         * @description Long work, and how it goes.
         */
        Job: {
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "train" | "update" | "recommend" | "evaluate";
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "cancelling" | "succeeded" | "failed" | "cancelled" | "interrupted";
            /** Request */
            request: components["schemas"]["TrainJob"] | components["schemas"]["UpdateJob"] | components["schemas"]["RecommendJob"] | components["schemas"]["EvaluateJob"];
            /**
             * Created
             * @description Microseconds since 1970, as all times.
             */
            created: number;
            /** Started */
            started: number | null;
            /** Ended */
            ended: number | null;
            /**
             * Attempts
             * @description How often it was begun or resumed.
             */
            attempts: number;
            /**
             * Before
             * @description Jobs that come first, while it is queued.
             */
            before: number | null;
            progress: components["schemas"]["Progress"] | null;
            /**
             * Problem
             * @description Why it failed, or was interrupted.
             */
            problem: string | null;
            result: components["schemas"]["JobResult"] | null;
        };
        /**
         * JobPage
         * @description Some jobs, the newest first, and where the next begin.
         */
        JobPage: {
            /** Jobs */
            jobs: components["schemas"]["Job"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * JobResult
         * @description What a job left.
         */
        JobResult: {
            /**
             * Model
             * @description NAME@VERSION of a model that was fitted.
             */
            model?: string | null;
            /**
             * Rows
             * @description Of the file of recommendations.
             */
            rows?: number | null;
            /**
             * File
             * @description Where to get it from.
             */
            file?: string | null;
            /**
             * Metrics
             * @description Model -> metric -> mean.
             */
            metrics?: {
                [key: string]: {
                    [key: string]: number;
                };
            } | null;
        };
        JsonValue: unknown;
        /**
         * LeakBand
         * @description From the first query that is tested to the last event that is learned from.
         */
        LeakBand: {
            /** Begins */
            begins: number;
            /** Ends */
            ends: number;
            /**
             * Events
             * @description Learned from, though later than the first query.
             */
            events: number;
            /**
             * Share
             * @description Of all that is learned from.
             */
            share: number;
        };
        /**
         * MapPoint
         * @description An item on the map.
         */
        MapPoint: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /** X */
            x: number;
            /** Y */
            y: number;
            /** First Code */
            first_code: number | null;
        };
        /**
         * MessageIn
         * @description A message of a conversation; what system, developer and assistant say changes nothing.
         */
        MessageIn: {
            /**
             * Role
             * @enum {string}
             */
            role: "system" | "developer" | "user" | "assistant";
            /** Content */
            content: string | components["schemas"]["TextPart"][];
            /** Name */
            name?: string | null;
        };
        /**
         * ModelCard
         * @description A model that answers, or could be loaded.
         */
        ModelCard: {
            /**
             * Name
             * @description Of its folder, or NAME@VERSION of one that a job fitted.
             */
            name: string;
            /** Method */
            method: string;
            /**
             * Active
             * @description It answers where none is named.
             */
            active: boolean;
            /** Loaded */
            loaded: boolean;
            /**
             * Explains
             * @description Whether it names the past items that speak for another; null: not loaded yet.
             */
            explains?: boolean | null;
            /** Items */
            items: number;
            /** People */
            people: number;
            /** Data */
            data: string;
            /** Events */
            events: number;
            /** Fit Seconds */
            fit_seconds: number;
            /** Metrics */
            metrics: {
                [key: string]: number;
            };
            /**
             * Problem
             * @description Why it cannot be loaded.
             */
            problem?: string | null;
        };
        /**
         * NewConversation
         * @description Begins a conversation.
         */
        NewConversation: {
            /**
             * User
             * @description Whose it is; it is erased with them.
             */
            user?: string | null;
        };
        /**
         * Pair
         * @description A paired difference, a - b.
         */
        Pair: {
            /** A */
            a: string;
            /** B */
            b: string;
            /** Difference */
            difference: number | null;
            /**
             * Low
             * @description Lower end of the 95 % interval, not corrected.
             */
            low: number | null;
            /** High */
            high: number | null;
            /** P Permutation */
            p_permutation: number | null;
            /** P Bootstrap */
            p_bootstrap: number | null;
            /**
             * P Holm
             * @description Corrected for the number of pairs.
             */
            p_holm: number | null;
            /**
             * Significant
             * @description Whether p_holm is below 0.05.
             */
            significant: boolean;
        };
        /**
         * PastEvent
         * @description One item of a history.
         */
        PastEvent: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /**
             * Ts
             * @description Microseconds since 1970.
             */
            ts: number | null;
            /** Rating */
            rating: number | null;
            /**
             * Live
             * @description It came in after the model was fitted.
             */
            live: boolean;
        };
        /**
         * Person
         * @description Somebody, in a line.
         */
        Person: {
            /** User Id */
            user_id: string;
            /** Events */
            events: number;
            /**
             * Newest
             * @description Titles of the last items, the newest first.
             */
            newest: string[];
        };
        /**
         * PersonCard
         * @description Somebody with a history.
         */
        PersonCard: {
            /** User Id */
            user_id: string;
            /**
             * Known
             * @description Whether the model was fitted with this person.
             */
            known: boolean;
            /** Columns */
            columns: {
                [key: string]: string | number | boolean | string[] | null;
            };
            /** Events */
            events: number;
            /**
             * History
             * @description Newest first.
             */
            history: components["schemas"]["PastEvent"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * PersonPage
         * @description Some people, and where the next begin.
         */
        PersonPage: {
            /** People */
            people: components["schemas"]["Person"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * Point
         * @description One value of a curve.
         */
        Point: {
            /** Step */
            step: number;
            /** Value */
            value: number;
        };
        /**
         * Progress
         * @description How far a job is.
         */
        Progress: {
            /** Stage */
            stage: string;
            /** Done */
            done: number;
            /** Total */
            total: number | null;
            /**
             * Figures
             * @description Such as loss and ndcg@10.
             */
            figures: {
                [key: string]: number;
            };
            /**
             * At
             * @description Microseconds since 1970.
             */
            at: number;
        };
        /**
         * PromptCard
         * @description A prompt in a line.
         */
        PromptCard: {
            /**
             * Prompt
             * @description name@version
             */
            prompt: string;
            /** Name */
            name: string;
            /** Version */
            version: number;
            /** Task */
            task: string;
            /** Preset */
            preset: string;
            /** Needs */
            needs: string[];
            /**
             * Protected
             * @description Protected attributes that it speaks of.
             */
            protected: string[];
        };
        /**
         * PromptPage
         * @description Some prompts, and where the next begin.
         */
        PromptPage: {
            /** Prompts */
            prompts: components["schemas"]["PromptCard"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * PromptText
         * @description A prompt, word for word.
         */
        PromptText: {
            /**
             * Prompt
             * @description name@version
             */
            prompt: string;
            /** Name */
            name: string;
            /** Version */
            version: number;
            /** Task */
            task: string;
            /** Preset */
            preset: string;
            /** Needs */
            needs: string[];
            /**
             * Protected
             * @description Protected attributes that it speaks of.
             */
            protected: string[];
            /** Source */
            source: string;
            /** Sha256 */
            sha256: string;
            /** Slots */
            slots: components["schemas"]["SlotCard"][];
            /** System */
            system: string;
            /** Text */
            text: string;
            /** Begun */
            begun: string;
            /** Plain */
            plain: boolean;
        };
        /**
         * Quantile
         * @description How many events people and items have.
         */
        Quantile: {
            /** Quantile */
            quantile: number;
            /** Per Person */
            per_person: number | null;
            /** Per Item */
            per_item: number | null;
        };
        /**
         * QuotaIn
         * @description At most so many items of a kind.
         */
        QuotaIn: {
            /**
             * Column
             * @example categories
             */
            column: string;
            /**
             * Value
             * @description Only items with this value are counted; else each value.
             */
            value?: string | number | boolean | null;
            /** Most */
            most: number;
        };
        /**
         * Receipt
         * @description What was erased of a person.
         */
        Receipt: {
            /** User Sha256 */
            user_sha256: string;
            /** Events */
            events: number;
            /**
             * At
             * @description Microseconds since 1970.
             */
            at: number;
            /**
             * Stale Models
             * @description Models that learned from this person's events.
             */
            stale_models: string[];
        };
        /**
         * RecommendJob
         * @description Recommend to many people, into a file.
         */
        RecommendJob: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "recommend";
            /** Model */
            model?: string | null;
            /**
             * Users
             * @description Else everybody whom the model knows.
             */
            users?: string[] | null;
            /**
             * K
             * @default 10
             */
            k?: number;
            /** Where */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * Exclude Seen
             * @default true
             */
            exclude_seen?: boolean;
            /**
             * Format
             * @default csv
             * @enum {string}
             */
            format?: "csv" | "jsonl" | "parquet";
        };
        /**
         * RecommendRequest
         * @description Ask for the best items.
         */
        RecommendRequest: {
            /** User Id */
            user_id?: string | null;
            /**
             * History
             * @description Item ids, oldest first, instead of a user.
             */
            history?: string[] | null;
            /**
             * Model
             * @description Which model answers; else the active one.
             */
            model?: string | null;
            /**
             * Where
             * @example year > 1990 and categories has 'Comedy'
             */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * Exclude Seen
             * @default true
             */
            exclude_seen?: boolean;
            /** Deadline Ms */
            deadline_ms?: number | null;
            /**
             * Query
             * @description What is looked for, in words: read as a filter and a search. Nobody has to be named beside it.
             * @example a mystery after 2010, under 20 euros
             */
            query?: string | null;
            /** @description Needs a language model: --lm of the service. */
            rerank?: components["schemas"]["RerankStep"] | null;
            /**
             * K
             * @default 10
             */
            k?: number;
            /**
             * Diversity
             * @description 0: the best items; 1: the most different ones.
             * @default 0
             */
            diversity?: number;
            /**
             * Quotas
             * @description How many of a kind a list may hold.
             * @default []
             */
            quotas?: components["schemas"]["QuotaIn"][];
            /**
             * Explain
             * @description Name the past items that speak for each.
             * @default false
             */
            explain?: boolean;
        };
        /**
         * Recommended
         * @description One item of an answer.
         */
        Recommended: {
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /** Rank */
            rank: number;
            /** Score */
            score: number;
            /** Evidence */
            evidence?: components["schemas"]["Evidence"][] | null;
            /**
             * Prior Rank
             * @description The rank at which it was proposed, before a re-ranking.
             */
            prior_rank?: number | null;
        };
        /**
         * Rejected
         * @description An event that was not taken.
         */
        Rejected: {
            /** Line */
            line: number;
            /**
             * Code
             * @enum {string}
             */
            code: "invalid" | "conflict" | "future" | "past";
            /** Message */
            message: string;
            /**
             * Pointer
             * @description Its field (RFC 6901).
             */
            pointer?: string | null;
            /** Hint */
            hint?: string | null;
        };
        /**
         * RerankAnswer
         * @description Texts, the best first.
         */
        RerankAnswer: {
            /** Id */
            id: string;
            /**
             * Object
             * @default list
             * @constant
             */
            object?: "list";
            /** Model */
            model: string;
            /** Results */
            results: components["schemas"]["Reranked"][];
            usage: components["schemas"]["Usage"];
            /**
             * Degraded
             * @description The language model gave no order; words decided.
             */
            degraded: boolean;
            /** Notes */
            notes: string[];
        };
        /**
         * RerankRequest
         * @description Texts to put in order by how well they answer a query.
         */
        RerankRequest: {
            /** Query */
            query: string;
            /** Documents */
            documents: (string | components["schemas"]["Document"])[];
            /**
             * Model
             * @description words: by common words; the name of the language model: by it. Default: the language model, if there is one.
             * @example words
             */
            model?: string | null;
            /** Top N */
            top_n?: number | null;
            /**
             * Return Documents
             * @default false
             */
            return_documents?: boolean;
        };
        /**
         * RerankStep
         * @description A language model orders what was proposed; it sees titles and the history, nothing else.
         */
        RerankStep: {
            /**
             * How
             * @default listwise
             * @enum {string}
             */
            how?: "listwise" | "windows" | "pointwise" | "pairwise";
            /**
             * Pool
             * @description Items that it sees; the others follow as they were proposed.
             * @default 20
             */
            pool?: number;
            /**
             * Copies
             * @description Times that it is asked, each in another order.
             * @default 1
             */
            copies?: number;
            /**
             * Show Prompts
             * @description Tell what it was asked, and said.
             * @default false
             */
            show_prompts?: boolean;
        };
        /**
         * Reranked
         * @description A text in its new place.
         */
        Reranked: {
            /**
             * Index
             * @description Its place, from 0, in what was sent.
             */
            index: number;
            /**
             * Relevance Score
             * @description 0 to 1; comparable within one answer.
             */
            relevance_score: number;
            document?: components["schemas"]["Document"] | null;
        };
        /**
         * RunCard
         * @description An experiment in a line.
         */
        RunCard: {
            /**
             * Run
             * @description Its folder below that of the runs, joined by ~.
             */
            run: string;
            /** Data */
            data: string;
            /**
             * Split
             * @enum {string}
             */
            split: "time" | "last" | "ratio" | "cold-users" | "cold-items";
            /** Methods */
            methods: string[];
            /**
             * Measured
             * @description The methods that are done.
             */
            measured: string[];
            /** Metrics */
            metrics: string[];
            /** Finished */
            finished: boolean;
            /**
             * Changed
             * @description Microseconds since 1970.
             */
            changed: number;
        };
        /**
         * RunMethod
         * @description A method as it was run.
         */
        RunMethod: {
            /** Name */
            name: string;
            /** Method */
            method: {
                [key: string]: unknown;
            };
            /** Measured */
            measured: boolean;
            /**
             * Curves
             * @description Whether it trains, so that curves can be shown.
             */
            curves: boolean;
        };
        /**
         * RunPage
         * @description Some experiments, and where the next begin.
         */
        RunPage: {
            /** Runs */
            runs: components["schemas"]["RunCard"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * RunReport
         * @description An experiment with all its figures.
         */
        RunReport: {
            /** Run */
            run: string;
            /** Name */
            name: string;
            /** Data */
            data: string;
            /** Split */
            split: string;
            /** Seed */
            seed: number;
            /** Finished */
            finished: boolean;
            /** Queries */
            queries: number;
            /** People */
            people: number;
            /** Metrics */
            metrics: string[];
            /** Methods */
            methods: components["schemas"]["RunMethod"][];
            /** Figures */
            figures: components["schemas"]["Figure"][];
            /** Slices */
            slices: components["schemas"]["Slice"][];
            /** Costs */
            costs: components["schemas"]["Cost"][];
            /** Audit */
            audit: components["schemas"]["Check"][];
            /** Notes */
            notes: string[];
            /** Environment */
            environment: {
                [key: string]: string;
            };
            /**
             * Spec
             * @description What was run, as TOML.
             */
            spec: string;
        };
        /**
         * ScoreRequest
         * @description Ask how given items stand.
         */
        ScoreRequest: {
            /** User Id */
            user_id?: string | null;
            /**
             * History
             * @description Item ids, oldest first, instead of a user.
             */
            history?: string[] | null;
            /**
             * Model
             * @description Which model answers; else the active one.
             */
            model?: string | null;
            /**
             * Where
             * @example year > 1990 and categories has 'Comedy'
             */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * Exclude Seen
             * @default true
             */
            exclude_seen?: boolean;
            /** Deadline Ms */
            deadline_ms?: number | null;
            /** Items */
            items: string[];
        };
        /**
         * SimilarRequest
         * @description Ask for items like an item.
         */
        SimilarRequest: {
            /**
             * Item Id
             * @example i4
             */
            item_id: string;
            /**
             * K
             * @default 10
             */
            k?: number;
            /** Model */
            model?: string | null;
        };
        /**
         * Slice
         * @description Means by groups of queries.
         */
        Slice: {
            /**
             * Column
             * @description What tells the groups apart.
             */
            column: string;
            /**
             * Groups
             * @description In the order in which people expect them.
             */
            groups: string[];
            /** Figures */
            figures: components["schemas"]["GroupFigure"][];
        };
        /**
         * SlotCard
         * @description What a prompt is filled with.
         */
        SlotCard: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "text" | "passage" | "list" | "rows";
            /** Meaning */
            meaning: string;
            /** Columns */
            columns: string[];
            /**
             * Default
             * @description null: it has to be given.
             */
            default: string | null;
            /**
             * Most
             * @description Characters of each text in it.
             */
            most: number;
        };
        /**
         * Spend
         * @description What language models were asked, and what they took.
         */
        Spend: {
            /**
             * Kept
             * @description Whether the service keeps books in a file.
             */
            kept: boolean;
            total: components["schemas"]["Sum"];
            /**
             * By Day
             * @description The oldest first.
             */
            by_day: components["schemas"]["Sum"][];
            /**
             * By Model
             * @description The dearest first.
             */
            by_model: components["schemas"]["Sum"][];
            /** By Prompt */
            by_prompt: components["schemas"]["Sum"][];
            /** By Verb */
            by_verb: components["schemas"]["Sum"][];
            /**
             * Failures
             * @description Calls that failed, by kind.
             */
            failures: {
                [key: string]: number;
            };
            /**
             * Next
             * @description What to do where there is nothing to see.
             */
            next: string | null;
        };
        /**
         * SplitPart
         * @description Events of a part of a split, bin by bin.
         */
        SplitPart: {
            /**
             * Part
             * @enum {string}
             */
            part: "train" | "valid" | "test";
            /** Events */
            events: number;
            /** First */
            first: number | null;
            /** Last */
            last: number | null;
            /** By Bin */
            by_bin: number[];
        };
        /**
         * SplitPicture
         * @description Who learns from when.
         */
        SplitPicture: {
            /**
             * Split
             * @enum {string}
             */
            split: "time" | "last";
            /** Claim */
            claim: string;
            /** Parts */
            parts: components["schemas"]["SplitPart"][];
            /** @description null: nothing learned from is later. */
            leak: components["schemas"]["LeakBand"] | null;
        };
        /**
         * StreamOptions
         * @description How a stream ends.
         */
        StreamOptions: {
            /**
             * Include Usage
             * @default false
             */
            include_usage?: boolean;
        };
        /**
         * Sum
         * @description Calls of a day, a model, a prompt or a verb.
         */
        Sum: {
            /** Name */
            name: string;
            /** Calls */
            calls: number;
            /** Failed */
            failed: number;
            /**
             * Kept
             * @description Answers that need not be asked again.
             */
            kept: number;
            /** Prompt Tokens */
            prompt_tokens: number;
            /** Completion Tokens */
            completion_tokens: number;
            /** Seconds */
            seconds: number;
            /**
             * Cost
             * @description In the currency of the prices.
             */
            cost: number;
        };
        /**
         * TailPoint
         * @description How unevenly events are spread.
         */
        TailPoint: {
            /**
             * Items
             * @description So many of the most chosen …
             */
            items: number;
            /** Share Of Items */
            share_of_items: number;
            /**
             * Share Of Events
             * @description … have this share of all events.
             */
            share_of_events: number;
            /**
             * Events
             * @description Of the last of them.
             */
            events: number;
        };
        /**
         * TextPart
         * @description A piece of a message.
         */
        TextPart: {
            /**
             * Type
             * @default text
             * @constant
             */
            type?: "text";
            /** Text */
            text: string;
        };
        /**
         * TrainJob
         * @description Fit a method on the data of the service.
         */
        TrainJob: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "train";
            /**
             * Method
             * @example covisit
             */
            method: string;
            /**
             * Options
             * @description Of the method; the rest are its defaults.
             * @default {}
             */
            options?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Name
             * @description Of the model; else the method's.
             */
            name?: string | null;
            /**
             * Split
             * @description Learn from the training part; choose on validation.
             * @default none
             * @enum {string}
             */
            split?: "none" | "time" | "last" | "ratio" | "cold-users" | "cold-items";
            /**
             * Seed
             * @default 0
             */
            seed?: number;
            /**
             * Activate
             * @description Let it answer once it is fitted.
             * @default false
             */
            activate?: boolean;
        };
        /**
         * TrainingCurve
         * @description A figure over the steps of a training.
         */
        TrainingCurve: {
            /** Model */
            model: string;
            /**
             * Part
             * @description What of the method was trained; empty: the whole.
             */
            part: string;
            /**
             * Figure
             * @enum {string}
             */
            figure: "loss" | "valid";
            /** Points */
            points: components["schemas"]["Point"][];
            /**
             * Best Step
             * @description Whose weights the model has; null: not done.
             */
            best_step: number | null;
        };
        /**
         * Tree
         * @description A node and its children, the largest first.
         */
        Tree: {
            /** Model */
            model: string;
            /** Prefix */
            prefix: string;
            /**
             * Path
             * @description From the root to this node, the root left out.
             */
            path: components["schemas"]["Branch"][];
            /** Items */
            items: number;
            /** Children */
            children: components["schemas"]["Branch"][];
            /** Cursor */
            cursor: string | null;
        };
        /**
         * Turn
         * @description A message that was said.
         */
        Turn: {
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant";
            /** Content */
            content: string;
            /**
             * Items
             * @description Ids of what was retrieved for an answer.
             */
            items: string[];
            /**
             * At
             * @description Microseconds since 1970.
             */
            at: number;
        };
        /**
         * UpdateJob
         * @description Fit a model's method again, with what people did and items that came since.
         */
        UpdateJob: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "update";
            /**
             * Model
             * @description Else the active one.
             */
            model?: string | null;
            /**
             * Activate
             * @default false
             */
            activate?: boolean;
        };
        /**
         * Usage
         * @description What calls to language models took, as the OpenAI API names it.
         */
        Usage: {
            /**
             * Prompt Tokens
             * @default 0
             */
            prompt_tokens?: number;
            /**
             * Completion Tokens
             * @default 0
             */
            completion_tokens?: number;
            /**
             * Total Tokens
             * @default 0
             */
            total_tokens?: number;
            /**
             * Calls
             * @default 0
             */
            calls?: number;
            /**
             * Cached
             * @description Of the calls, those answered from the books.
             * @default 0
             */
            cached?: number;
            /**
             * Cost
             * @description In the currency of the model's prices.
             * @default 0
             */
            cost?: number;
        };
        /**
         * Valued
         * @description How often a value stands.
         */
        Valued: {
            /** Value */
            value: string | number | boolean | null;
            /** Events */
            events: number;
        };
        /**
         * WhyNot
         * @description Why an item is not there, and what would bring it.
         */
        WhyNot: {
            /** Model */
            model: string;
            /** Item Id */
            item_id: string;
            /** Title */
            title: string;
            /**
             * Reason
             * @enum {string}
             */
            reason: "recommended" | "seen" | "excluded" | "filtered" | "left" | "no-codes" | "ranked" | "unknown";
            /**
             * Told
             * @description The same in a sentence.
             */
            told: string;
            /**
             * Clauses
             * @description Of a filter: those that keep it out.
             */
            clauses: components["schemas"]["Clause"][];
            /**
             * Rank
             * @description Where it stands, or would without what keeps it out; null: cannot be told.
             */
            rank: number | null;
            /**
             * Open Items
             * @description Among so many.
             */
            open_items: number | null;
            /** Score */
            score: number | null;
            /**
             * Needed
             * @description The score of the last item that was recommended.
             */
            needed: number | null;
            /** Instead */
            instead: components["schemas"]["Instead"][];
            /**
             * Change
             * @description What would have to change, each enough by itself.
             */
            change: string[];
        };
        /**
         * WhyNotRequest
         * @description Ask why an item was not recommended; all else as it was asked for recommendations.
         */
        WhyNotRequest: {
            /** User Id */
            user_id?: string | null;
            /**
             * History
             * @description Item ids, oldest first, instead of a user.
             */
            history?: string[] | null;
            /**
             * Model
             * @description Which model answers; else the active one.
             */
            model?: string | null;
            /**
             * Where
             * @example year > 1990 and categories has 'Comedy'
             */
            where?: string | null;
            /**
             * Exclude Items
             * @default []
             */
            exclude_items?: string[];
            /**
             * Exclude Seen
             * @default true
             */
            exclude_seen?: boolean;
            /** Deadline Ms */
            deadline_ms?: number | null;
            /**
             * Item Id
             * @example i4
             */
            item_id: string;
            /**
             * K
             * @default 10
             */
            k?: number;
        };
        /**
         * Understood
         * @description How a file was read.
         */
        penchant__serve__shapes__data__Understood: {
            /** Format */
            format: string;
            /** Separator */
            separator: string | null;
            /** Header */
            header: boolean | null;
            /** Columns */
            columns: string[];
            /**
             * Roles
             * @description Role -> the column that plays it.
             */
            roles: {
                [key: string]: string;
            };
            /** Unused */
            unused: string[];
            /**
             * Playable
             * @description Roles that columns of this table can play.
             */
            playable: string[];
        };
        /**
         * Understood
         * @description What was made of somebody's words.
         */
        penchant__serve__shapes__talking__Understood: {
            /**
             * Query
             * @description What is searched for.
             */
            query: string;
            /**
             * Where
             * @description The filter that was read out of the words.
             */
            where: string | null;
            /** Notes */
            notes: string[];
        };
        /**
         * EventIn
         * @description Something that a person did.
         */
        EventIn: {
            /**
             * Event Id
             * @description Sent again, it is written once.
             * @default null
             */
            event_id?: string | null;
            /**
             * User Id
             * @example i4
             */
            user_id: string;
            /**
             * Item Id
             * @example i4
             */
            item_id: string;
            /**
             * Type
             * @default view
             */
            type?: string;
            /**
             * Ts
             * @description Microseconds since 1970; else now.
             * @default null
             */
            ts?: number | null;
            /**
             * Value
             * @default null
             */
            value?: number | null;
            /**
             * Recommendation Id
             * @default null
             */
            recommendation_id?: string | null;
        };
        /**
         * ProblemDocument
         * @description What is wrong, where, and what to do (RFC 9457).
         */
        ProblemDocument: {
            /** Type */
            type: string;
            /** Title */
            title: string;
            /** Status */
            status: number;
            /** Detail */
            detail: string;
            /** Code */
            code: string;
            /**
             * Pointer
             * @description The field (RFC 6901); after a # one that is not in the body.
             * @default null
             */
            pointer?: string | null;
            /**
             * Hint
             * @default null
             */
            hint?: string | null;
            /**
             * Request Id
             * @default null
             */
            request_id?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    recommend_v1_recommend_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecommendRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answered"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    recommend_user_v1_recommend__user_id__get: {
        parameters: {
            query?: {
                k?: number;
                where?: string | null;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answered"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    score_v1_score_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScoreRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answered"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    similar_v1_similar_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimilarRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Answered"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    explain_v1_explain_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["Evidence"][];
                    };
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    rerank_v1_rerank_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RerankRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RerankAnswer"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    chat_v1_chat_completions_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatRequest"];
            };
        };
        responses: {
            /** @description The answer; with stream, chunks as server-sent events and [DONE] */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatAnswer"];
                    "text/event-stream": unknown;
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    begin_v1_conversations_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConversation"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    conversation_v1_conversations__conversation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    forget_v1_conversations__conversation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forgotten"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    take_events_v1_events_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventIn"] | components["schemas"]["EventIn"][];
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsAnswer"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    history_v1_users__user_id__history_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    erase_v1_users__user_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    items_v1_items_get: {
        parameters: {
            query?: {
                /** @description Of the title. */
                contains?: string | null;
                /** @description Words that begin words of the title; best first. */
                query?: string | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemPage"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    item_v1_items__item_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    put_v1_items__item_id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemChanged"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    delete_v1_items__item_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemChanged"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    patch_v1_items__item_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemChanged"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    why_v1_why_not_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhyNotRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhyNot"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    people_v1_people_get: {
        parameters: {
            query?: {
                contains?: string | null;
                /** @description Events of each. */
                least?: number;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonPage"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    person_v1_people__user_id__get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonCard"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    data_v1_data_get: {
        parameters: {
            query?: {
                bins?: number;
                points?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataPicture"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    check_data_v1_data_check_post: {
        parameters: {
            query?: {
                format?: "csv" | "tsv" | "jsonl" | "parquet";
                table?: "events" | "items" | "people";
                map?: string[] | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The file as it is, of at most 64 MiB. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checked"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    schemes_v1_ids_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdScheme"][];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    tree_v1_ids_tree_get: {
        parameters: {
            query?: {
                prefix?: string;
                /** @description Else the active one. */
                model?: string | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tree"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    item_path_v1_ids_items__item_id__get: {
        parameters: {
            query?: {
                /** @description Else the active one. */
                model?: string | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemPath"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    positions_v1_ids_map_get: {
        parameters: {
            query?: {
                /** @description Else the active one. */
                model?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdMap"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    beams_v1_ids_beams_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeamsRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BeamsAnswer"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    runs_v1_runs_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    run_v1_runs__run__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As /v1/runs lists it. */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunReport"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    curves_v1_runs__run__curves_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As /v1/runs lists it. */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Curves"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    compare_v1_compare_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompareRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    prompt_list_v1_prompts_get: {
        parameters: {
            query?: {
                task?: string | null;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptPage"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    prompt_text_v1_prompts__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptText"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    spend_v1_spend_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Spend"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_models_v1_models_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"][];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    roll_back_v1_models_rollback_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activated"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    load_model_v1_models__name__load_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    unload_model_v1_models__name__unload_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    activate_model_v1_models__name__activate_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activated"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    one_model_v1_models__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    model_text_v1_models__name__card_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CardText"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    bulk_v1_items_bulk_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemRows"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemsChanged"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    jobs_v1_jobs_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    begin_v1_jobs_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainJob"] | components["schemas"]["UpdateJob"] | components["schemas"]["RecommendJob"] | components["schemas"]["EvaluateJob"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    job_v1_jobs__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    cancel_v1_jobs__job_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    resume_v1_jobs__job_id__resume_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again under the same key, a request is answered as it was, and not done. Letters, digits and signs of ASCII, without blanks. */
                "idempotency-key"?: string | null;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    listen_v1_jobs__job_id__log_get: {
        parameters: {
            query?: {
                /** @description A line's number. */
                after?: number;
            };
            header?: {
                "last-event-id"?: number | null;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events: progress, note, problem, and end with the job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    result_v1_jobs__job_id__result_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file that the job left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/x-ndjson": string;
                    "application/vnd.apache.parquet": string;
                    "application/json": unknown;
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    live_health_live_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    ready_health_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string | number;
                    };
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    version_version_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What is wrong with the request, and what to do */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Why it could not be answered now */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
}
