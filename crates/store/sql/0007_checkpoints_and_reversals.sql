-- Signed checkpoints of the log, by the number of records; note is the whole text, as it can be kept elsewhere.
CREATE TABLE checkpoint (
    size BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);
