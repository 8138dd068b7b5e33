-- Signed checkpoints of the log, by the number of records; note is the whole text, as it can be kept elsewhere.
CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- Items whose match was taken back, because the entry that it rested on was revoked.
CREATE TABLE reversal (
    item BIGINT PRIMARY KEY,
    entry BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- Revoked entries whose matches are taken back, and how far that has come: items before at_item are to be looked at.
CREATE TABLE reversing (
    entry BIGINT PRIMARY KEY,
    asked_by TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    at_item BIGINT NOT NULL,
    reversed BIGINT NOT NULL,
    standing BIGINT NOT NULL,
    finished_at BIGINT
);
