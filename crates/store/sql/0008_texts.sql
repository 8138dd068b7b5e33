-- Texts of entries for people to see, where they may be kept: that of a signal, by its ordinal. Encrypted: nonce, then
-- ciphertext with its tag.
CREATE TABLE entry_text (
    entry BIGINT NOT NULL REFERENCES entry (id),
    ordinal BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (entry, ordinal)
);

-- The signals of texts are few among those of pictures, and are read at every start.
CREATE INDEX signal_of_text ON signal (id)
    WHERE type IN ('raw_text', 'text_tlsh', 'url', 'url_host', 'handle', 'payment_address');
