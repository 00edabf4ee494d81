-- Read model: what each case adds to the figures of platforms and prefectures.
CREATE TABLE read.dashboard (
    case_id uuid PRIMARY KEY,
    platform text,
    competent_department text,
    deciding_department text,
    filed_by text NOT NULL,
    procedure text NOT NULL,
    filed_on date NOT NULL,
    filed_month date NOT NULL,
    first_decision text,
    first_decision_on date,
    decided_month date,
    delay_days integer,
    outcome text NOT NULL,
    is_open boolean NOT NULL,
    appeals integer NOT NULL,
    litigation integer NOT NULL
);
