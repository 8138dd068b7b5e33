-- What is configured for clients of HMA: exchanges, the credentials of their APIs, and how often a signal type is used.
INSERT INTO counter (name, last) VALUES ('exchange', 0), ('exchange_api', 0);

-- settings is a JSON object. An exchange has a bank of its own.
CREATE TABLE exchange (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    bank BIGINT NOT NULL UNIQUE REFERENCES bank (id),
    api TEXT NOT NULL,
    settings TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- credentials are sealed: nonce, then ciphertext with its tag.
CREATE TABLE exchange_api (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    credentials BLOB NOT NULL
);

-- What is not here is used always.
CREATE TABLE signal_setting (
    type TEXT PRIMARY KEY,
    enabled_ratio DOUBLE PRECISION NOT NULL
);
