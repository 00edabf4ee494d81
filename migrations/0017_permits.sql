-- Read model: permits as the public check knows them; no name and no date of birth.
CREATE TABLE read.permits (
    case_id uuid NOT NULL,
    permit text NOT NULL,
    decision text NOT NULL,
    birth_fingerprint text,
    valid_from date NOT NULL,
    valid_until date,
    employer_siret text,
    job_title text NOT NULL,
    limited_to text NOT NULL,
    zone text NOT NULL,
    ended text,
    ended_on date,
    PRIMARY KEY (case_id, decision)
);
CREATE INDEX permits_by_number ON read.permits (permit);
