-- Other ways in than a password: passkeys (WebAuthn), and the accounts of an OpenID provider.
INSERT INTO counter (name, last) VALUES ('passkey', 0);

-- credential is what its device calls it. fixed (its public key) never changes, moving (its counter) does with each use.
CREATE TABLE passkey (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    credential BLOB NOT NULL UNIQUE,
    fixed BLOB NOT NULL,
    moving BLOB NOT NULL,
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX passkey_of ON passkey (person, id);

-- Whom a provider calls subject. Of one person there is at most one account at each.
CREATE TABLE identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (person, issuer)
);
