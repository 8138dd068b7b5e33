-- What the texts of a blob that was seen are compared by, for entries that are added later; no text can be read from it. NULL of
-- what was seen before.
ALTER TABLE seen ADD COLUMN texts BLOB;
