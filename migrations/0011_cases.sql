-- Read model: cases as queues and searches list them.
CREATE TABLE read.cases (
    case_id uuid PRIMARY KEY,
    platform text,
    competent_department text,
    deciding_department text,
    filed_by text NOT NULL,
    number text NOT NULL,
    procedure text NOT NULL,
    status text NOT NULL,
    stage text NOT NULL,
    is_open boolean NOT NULL,
    workplace_department text,
    employer_name text NOT NULL,
    employer_siret text,
    worker_name text NOT NULL,
    job_title text NOT NULL,
    assignee text,
    assignee_name text NOT NULL,
    filed_on date NOT NULL,
    next_deadline_on date,
    next_deadline_what text NOT NULL,
    implicit_decision_on date,
    items_received_on date,
    decision text,
    decision_kind text,
    decision_on date,
    has_open_appeal boolean NOT NULL,
    has_litigation boolean NOT NULL,
    next_court_date date,
    ofii_due boolean NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    search text NOT NULL
);
CREATE INDEX cases_by_deadline ON read.cases (coalesce(next_deadline_on, 'infinity'), filed_on, case_id);
CREATE INDEX cases_by_filing ON read.cases (filed_on, case_id);
CREATE INDEX cases_by_number ON read.cases (number);
CREATE INDEX cases_by_filer ON read.cases (filed_by);
CREATE INDEX cases_open ON read.cases (platform, status) WHERE is_open;
