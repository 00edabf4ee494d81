-- Sessions of browsers. A row is found by the digest of its token, and opens with the token alone, which is not kept:
-- neither this table nor the keys of smoe tell who is signed in. Nothing here is history; all of it goes by itself.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO smoe_app;

CREATE TABLE identity.sessions (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    -- Keyed digests, by which a provider that signs somebody out names their sessions.
    subject bytea NOT NULL CHECK (octet_length(subject) = 32),
    provider_session bytea CHECK (octet_length(provider_session) = 32),
    sealed bytea NOT NULL,
    -- Grows at each change of what is sealed: of two who read the same, one may renew it.
    generation bigint NOT NULL DEFAULT 1,
    renewing_until timestamptz,
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > begun_at)
);
CREATE INDEX sessions_by_subject ON identity.sessions (subject);
CREATE INDEX sessions_by_provider_session ON identity.sessions (provider_session) WHERE provider_session IS NOT NULL;
CREATE INDEX sessions_by_end ON identity.sessions (ends_at);

-- What may serve once: answers to a sign-in, orders to sign out.
CREATE TABLE identity.used (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    until timestamptz NOT NULL
);
CREATE INDEX used_by_end ON identity.used (until);

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.sessions TO smoe_app;
GRANT SELECT, INSERT, DELETE ON identity.used TO smoe_app;
