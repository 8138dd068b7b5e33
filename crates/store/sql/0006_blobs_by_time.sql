-- What is old enough to be forgotten is found without looking at what is not.
CREATE INDEX blob_by_time ON blob (stored_at);
