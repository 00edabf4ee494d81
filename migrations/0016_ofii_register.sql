-- Read model: what was sent to OFII and to the tax authority.
CREATE TABLE read.ofii_register (
    case_id uuid NOT NULL,
    platform text,
    competent_department text,
    deciding_department text,
    filed_by text NOT NULL,
    message text NOT NULL,
    recipient text NOT NULL,
    decision text NOT NULL,
    number text NOT NULL,
    sent_on date NOT NULL,
    fields jsonb NOT NULL,
    acknowledged_on date,
    reference text,
    failed_on date,
    cause text,
    PRIMARY KEY (case_id, message)
);
CREATE INDEX ofii_register_by_day ON read.ofii_register (sent_on);
