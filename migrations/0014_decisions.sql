-- Read model: the register of decisions.
CREATE TABLE read.decisions (
    case_id uuid NOT NULL,
    platform text,
    competent_department text,
    deciding_department text,
    filed_by text NOT NULL,
    decision text NOT NULL,
    number text NOT NULL,
    procedure text NOT NULL,
    kind text NOT NULL,
    favourable boolean NOT NULL,
    implicit boolean NOT NULL,
    decided_on date NOT NULL,
    stage text NOT NULL,
    signatory text,
    signatory_name text,
    quality text,
    delegation text,
    delegation_published_on date,
    grounds text[] NOT NULL,
    articles text[] NOT NULL,
    permit text,
    employer_notified_on date,
    worker_notified_on date,
    prefecture_notified_on date,
    live boolean NOT NULL,
    ended_by text,
    suspended_by text,
    PRIMARY KEY (case_id, decision)
);
CREATE INDEX decisions_by_day ON read.decisions (decided_on, case_id, decision);
CREATE INDEX decisions_by_delegation ON read.decisions (delegation);
