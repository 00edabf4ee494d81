-- Read model: where each case is, and where the text puts those that no platform holds.
CREATE TABLE read.places (
    case_id uuid PRIMARY KEY,
    number text NOT NULL,
    department text,
    seasonal boolean NOT NULL,
    platform text,
    deciding_department text,
    filed_on date NOT NULL,
    is_open boolean NOT NULL,
    is_decided boolean NOT NULL
);
CREATE INDEX places_by_filing ON read.places (filed_on, case_id);
