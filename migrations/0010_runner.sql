-- Read models: rows that can always be made again from the ledger, and how far each model has come.
CREATE SCHEMA read;

CREATE TABLE read.positions (
    model text PRIMARY KEY,
    position bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- A case that a model could not project: its rows stay as they were until it is taken up again.
CREATE TABLE read.parked (
    model text NOT NULL,
    case_id uuid NOT NULL,
    position bigint NOT NULL,
    error text NOT NULL,
    code_version text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, case_id)
);

-- Cases whose rows somebody wants made anew; `model` is NULL for all models.
CREATE TABLE read.repairs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL,
    model text,
    asked_at timestamptz NOT NULL DEFAULT now()
);

-- Whoever makes the tables writes the rows; the application only reads them, now and in every model to come.
GRANT USAGE ON SCHEMA read TO smoe_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO smoe_app;
GRANT SELECT ON ALL TABLES IN SCHEMA read TO smoe_app;
