//! Rows added since the last segment was built.

use model::PdqHash;

use crate::Hit;
use crate::build::put_prefix;
use crate::scratch::Scratch;
use crate::search::PREFIX_RADIUS;
use crate::simd::{PREFIX_BLOCK, PREFIX_ROWS};
use crate::value::{VALUE_BYTES, Value};

/// Rows in the order of their coming; every query reads them all.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    prefix: Vec<[u8; PREFIX_BLOCK]>,
    values: Vec<[u8; VALUE_BYTES]>,
    keys: Vec<u64>,
}

impl Delta {
    pub(crate) fn push(&mut self, hash: &PdqHash, key: u64) {
        let (value, row) = (Value::from_hash(hash), self.keys.len());
        if row.is_multiple_of(PREFIX_ROWS) {
            self.prefix.push([0; PREFIX_BLOCK]);
        }
        put_prefix(&mut self.prefix[row / PREFIX_ROWS], row % PREFIX_ROWS, &value);
        self.values.push(value.to_bytes());
        self.keys.push(key);
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn values(&self) -> &[u8] {
        self.values.as_flattened()
    }

    pub(crate) fn key(&self, row: u32) -> Option<u64> {
        self.keys.get(row as usize).copied()
    }

    pub(crate) fn size(&self) -> usize {
        self.prefix.len() * PREFIX_BLOCK + self.keys.len() * (VALUE_BYTES + 8)
    }

    /// The rows that have this key.
    pub(crate) fn rows_with_key(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        (0u32..)
            .zip(&self.keys)
            .filter(move |(_, at)| **at == key)
            .map(|(row, _)| row)
    }

    pub(crate) fn numbered_rows(&self) -> impl Iterator<Item = (u32, PdqHash, u64)> + '_ {
        (0u32..)
            .zip(self.values.iter().zip(&self.keys))
            .map(|(row, (value, key))| (row, Value::from_bytes(value).to_hash(), *key))
    }

    pub(crate) fn search_rows(
        &self,
        query: &Value,
        radius: u32,
        scratch: &mut Scratch,
        mut each: impl FnMut(u32, Hit),
    ) {
        scratch.found.clear();
        if radius <= PREFIX_RADIUS {
            scratch.ids.clear();
            scratch.kernels.scan_prefix(
                self.prefix.as_flattened(),
                self.len(),
                query,
                radius,
                &mut scratch.ids,
            );
            scratch
                .kernels
                .verify(self.values(), &scratch.ids, query, radius, &mut scratch.found);
        } else {
            scratch
                .kernels
                .scan_all(self.values(), query, radius, &mut scratch.found);
        }
        for found in &scratch.found {
            if let Some(key) = self.key(found.row) {
                each(
                    found.row,
                    Hit {
                        key,
                        distance: found.distance,
                    },
                );
            }
        }
    }
}
