-- Read model: time limits by their last day.
CREATE TABLE read.clocks (
    case_id uuid NOT NULL,
    platform text,
    competent_department text,
    deciding_department text,
    filed_by text NOT NULL,
    number text NOT NULL,
    clock text NOT NULL,
    ref text NOT NULL,
    addressee text,
    name text NOT NULL,
    starts_on date,
    expires_on date NOT NULL,
    is_open boolean NOT NULL,
    is_suspended boolean NOT NULL,
    for_administration boolean NOT NULL,
    sentence text NOT NULL,
    articles text[] NOT NULL
);
CREATE INDEX clocks_of_case ON read.clocks (case_id);
CREATE INDEX clocks_open ON read.clocks (expires_on) WHERE is_open;
