-- Read model: the history of a case, one readable line per fact.
CREATE TABLE read.history (
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    type text NOT NULL,
    sentence text NOT NULL,
    articles text[] NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    role text NOT NULL,
    quality text NOT NULL,
    service text NOT NULL,
    on_behalf_of text,
    recorded_at timestamptz NOT NULL,
    legal_date date,
    effective_on date NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (case_id, version)
);
-- Few, and asked for every few seconds by whoever makes sure that their keys are gone.
CREATE INDEX history_erasures ON read.history (case_id) WHERE type = 'PersonErased';
