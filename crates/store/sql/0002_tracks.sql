-- What films and recordings of an entry leave behind: hashes with their times, in the form of the fingerprints' own room.
CREATE TABLE entry_track (
    entry BIGINT NOT NULL REFERENCES entry (id),
    ordinal BIGINT NOT NULL,
    type TEXT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (entry, ordinal)
);
