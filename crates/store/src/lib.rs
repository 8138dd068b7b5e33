//! The only room that knows SQL, files and buckets
