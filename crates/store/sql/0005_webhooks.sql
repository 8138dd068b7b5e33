-- Webhooks, and the outbox of what they are told.
INSERT INTO counter (name, last) VALUES ('webhook', 0), ('delivery', 0);

-- source is whose items it is told of, NULL for all. The secret is sealed. A webhook that was removed is kept, disabled.
CREATE TABLE webhook (
    id BIGINT PRIMARY KEY,
    source TEXT,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    events TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- One event for one webhook, made in the transaction of what it tells. begun_at is when sending it began, which a
-- replay sets anew. source and receipt are the item's, NULL for a test.
CREATE TABLE delivery (
    id BIGINT PRIMARY KEY,
    webhook BIGINT NOT NULL REFERENCES webhook (id),
    event BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    source TEXT,
    receipt BLOB,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    delivered_at BIGINT,
    confirmed_at BIGINT,
    confirmed_by TEXT
);

CREATE INDEX delivery_due ON delivery (webhook, next_at, id) WHERE state = 'waiting';
CREATE INDEX delivery_by_state ON delivery (state, id);
CREATE INDEX delivery_red ON delivery (id)
    WHERE state = 'aside' OR (kind = 'item.match' AND confirmed_at IS NULL);
CREATE INDEX delivery_unconfirmed ON delivery (id)
    WHERE state = 'delivered' AND kind = 'item.match';
