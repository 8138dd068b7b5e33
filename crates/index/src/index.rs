//! Segments and what has changed since they were built.

use std::sync::Arc;

use model::PdqHash;

use crate::bitmap::Bitmap;
use crate::delta::Delta;
use crate::fold::{Fold, FoldError, Running};
use crate::grid::{GRID_RADIUS, Grid};
use crate::scratch::Scratch;
use crate::segment::Segment;
use crate::value::Value;
use crate::{BatchHit, Hit};

/// An immutable set of rows, and those of them that were removed since.
#[derive(Debug)]
pub(crate) struct Source<B> {
    pub(crate) rows: Rows<B>,
    pub(crate) removed: Bitmap,
}

#[derive(Debug)]
pub(crate) enum Rows<B> {
    Segment(Arc<Segment<B>>),
    /// A delta that waits for a fold to become a segment.
    Frozen(Arc<Delta>),
}

impl<B> Clone for Source<B> {
    fn clone(&self) -> Self {
        let rows = match &self.rows {
            Rows::Segment(segment) => Rows::Segment(Arc::clone(segment)),
            Rows::Frozen(delta) => Rows::Frozen(Arc::clone(delta)),
        };
        Self {
            rows,
            removed: self.removed.clone(),
        }
    }
}

impl<B: AsRef<[u8]>> Source<B> {
    fn len(&self) -> usize {
        match &self.rows {
            Rows::Segment(segment) => segment.len(),
            Rows::Frozen(delta) => delta.len(),
        }
    }

    pub(crate) fn live(&self) -> usize {
        self.len() - self.removed.len()
    }

    fn remove(&mut self, key: u64) -> usize {
        let removed = &mut self.removed;
        match &self.rows {
            Rows::Segment(segment) => segment
                .rows_with_key(key)
                .filter(|&row| removed.insert(row))
                .count(),
            Rows::Frozen(delta) => delta
                .rows_with_key(key)
                .filter(|&row| removed.insert(row))
                .count(),
        }
    }

    fn search(&self, query: &Value, radius: u32, scratch: &mut Scratch, each: &mut impl FnMut(Hit)) {
        let each = |row, hit| {
            if !self.removed.contains(row) {
                each(hit);
            }
        };
        match &self.rows {
            Rows::Segment(segment) => segment.search_rows(query, radius, scratch, each),
            Rows::Frozen(delta) => delta.search_rows(query, radius, scratch, each),
        }
    }
}

impl<B: AsRef<[u8]>> Source<B> {
    fn search_batch(
        &self,
        queries: &[Value],
        radius: u32,
        scratch: &mut Scratch,
        each: &mut impl FnMut(u32, Hit),
    ) {
        if let Rows::Segment(segment) = &self.rows
            && let Some(grid) = segment
                .grid()
                .filter(|_| radius <= GRID_RADIUS && scratch.kernels.probes_quickly())
        {
            return grid.search(segment, queries, radius, scratch, |query, row, hit| {
                if !self.removed.contains(row) {
                    each(query, hit);
                }
            });
        }
        for (number, query) in (0u32..).zip(queries) {
            self.search(query, radius, scratch, &mut |hit| each(number, hit));
        }
    }
}

/// An index that can change: segments, rows added since, rows removed since.
///
/// Every change counts at once: the next search sees it. Changes are not kept anywhere else; the caller stores
/// rows and removals first, and [folds](Index::begin_fold) now and then. The index has no locks: wrap it as you
/// need (it is `Send` and `Sync` if `B` is).
#[derive(Debug)]
pub struct Index<B> {
    /// Oldest first.
    pub(crate) sources: Vec<Source<B>>,
    delta: Delta,
    delta_removed: Bitmap,
    running: Option<Running>,
    folds: u64,
}

impl<B> Default for Index<B> {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            delta: Delta::default(),
            delta_removed: Bitmap::default(),
            running: None,
            folds: 0,
        }
    }
}

impl<B: AsRef<[u8]>> Index<B> {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// An index of the given segments.
    pub fn with_segments(segments: impl IntoIterator<Item = Segment<B>>) -> Self {
        let sources = segments
            .into_iter()
            .map(|segment| Source {
                rows: Rows::Segment(Arc::new(segment)),
                removed: Bitmap::default(),
            })
            .collect();
        Self {
            sources,
            ..Self::default()
        }
    }

    /// Adds a row. Rows are not compared: the same hash and key twice are two rows.
    pub fn insert(&mut self, hash: &PdqHash, key: u64) {
        self.delta.push(hash, key);
    }

    /// Removes every row that has this key, and says how many there were. A row inserted later with the same
    /// key counts again.
    pub fn remove(&mut self, key: u64) -> usize {
        let mut count: usize = self.sources.iter_mut().map(|source| source.remove(key)).sum();
        let removed = &mut self.delta_removed;
        count += self
            .delta
            .rows_with_key(key)
            .filter(|&row| removed.insert(row))
            .count();
        if let Some(running) = &mut self.running {
            running.removed.push(key);
        }
        count
    }

    /// Appends every row within `radius` (in bits, 0 to 256) of the query, each once, in no particular order.
    pub fn search(&self, query: &PdqHash, radius: u32, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        self.for_each(query, radius, scratch, |hit| hits.push(hit));
    }

    /// Calls `each` for every row within `radius` of the query, each once, in no particular order.
    pub fn for_each(&self, query: &PdqHash, radius: u32, scratch: &mut Scratch, mut each: impl FnMut(Hit)) {
        let query = Value::from_hash(query);
        for source in &self.sources {
            source.search(&query, radius, scratch, &mut each);
        }
        let removed = &self.delta_removed;
        self.delta.search_rows(&query, radius, scratch, |row, hit| {
            if !removed.contains(row) {
                each(hit);
            }
        });
    }

    /// Appends every row within `radius` of each query, ordered by query. Equals a [`search`](Index::search)
    /// for each, and is quicker where segments are made [for it](Segment::for_batches).
    pub fn search_batch(
        &self,
        queries: &[PdqHash],
        radius: u32,
        scratch: &mut Scratch,
        hits: &mut Vec<BatchHit>,
    ) {
        let before = hits.len();
        let queries: Vec<Value> = queries.iter().map(Value::from_hash).collect();
        let mut push = |query: u32, hit: Hit| {
            hits.push(BatchHit {
                query,
                key: hit.key,
                distance: hit.distance,
            });
        };
        for source in &self.sources {
            source.search_batch(&queries, radius, scratch, &mut push);
        }
        if self.delta.len() > 0 {
            for (number, query) in (0u32..).zip(&queries) {
                self.delta.search_rows(query, radius, scratch, |row, hit| {
                    if !self.delta_removed.contains(row) {
                        push(number, hit);
                    }
                });
            }
        }
        hits[before..].sort_by_key(|hit| hit.query);
    }

    /// Appends every row within `radius` of each query by reading every row once for all queries: the way for a
    /// wide radius and many queries, such as the windows of a picture. Exact at any radius. Each pair of query
    /// and row comes once, in no particular order.
    pub fn search_wide(
        &self,
        queries: &[PdqHash],
        radius: u32,
        scratch: &mut Scratch,
        hits: &mut Vec<BatchHit>,
    ) {
        let queries: Vec<Value> = queries.iter().map(Value::from_hash).collect();
        for source in &self.sources {
            match &source.rows {
                Rows::Segment(segment) => {
                    scan_wide(segment.values(), &queries, radius, scratch, |found| {
                        for row in segment
                            .rows_of(found.row)
                            .filter(|&row| !source.removed.contains(row))
                        {
                            push(hits, &found, segment.key(row));
                        }
                    });
                }
                Rows::Frozen(delta) => {
                    scan_wide(delta.values(), &queries, radius, scratch, |found| {
                        if !source.removed.contains(found.row) {
                            push(hits, &found, delta.key(found.row));
                        }
                    });
                }
            }
        }
        scan_wide(self.delta.values(), &queries, radius, scratch, |found| {
            if !self.delta_removed.contains(found.row) {
                push(hits, &found, self.delta.key(found.row));
            }
        });
    }

    /// Number of rows that a search can find.
    pub fn len(&self) -> usize {
        self.sources.iter().map(Source::live).sum::<usize>() + self.delta.len() - self.delta_removed.len()
    }

    /// Whether there is no row that a search can find.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows that are not in a segment yet, removed ones included. Each costs every search about a third of a
    /// nanosecond: fold when they are some ten thousand.
    pub fn unfolded(&self) -> usize {
        let frozen = self
            .sources
            .iter()
            .filter(|source| matches!(source.rows, Rows::Frozen(_)));
        frozen.map(Source::len).sum::<usize>() + self.delta.len()
    }

    /// Rows that are removed but still take space.
    pub fn removed(&self) -> usize {
        self.sources
            .iter()
            .map(|source| source.removed.len())
            .sum::<usize>()
            + self.delta_removed.len()
    }

    /// The segments, oldest first.
    pub fn segments(&self) -> impl Iterator<Item = &Segment<B>> {
        self.sources.iter().filter_map(|source| match &source.rows {
            Rows::Segment(segment) => Some(&**segment),
            Rows::Frozen(_) => None,
        })
    }

    /// Bytes of segments and of rows not in a segment yet.
    pub fn size(&self) -> usize {
        let sizes = self.sources.iter().map(|source| match &source.rows {
            Rows::Segment(segment) => segment.size() + segment.grid().map_or(0, Grid::size),
            Rows::Frozen(delta) => delta.size(),
        });
        sizes.sum::<usize>() + self.delta.size()
    }

    /// Starts to fold the whole index into one new segment. Quick: the work is [`Fold::build`], which needs no
    /// access to the index, so searches, inserts and removals go on. [`finish_fold`](Index::finish_fold) then puts
    /// the new segment in the place of what it was made of. A fold begun earlier and not finished is given up.
    pub fn begin_fold(&mut self) -> Fold<B> {
        self.freeze();
        self.start(0)
    }

    /// As [`begin_fold`](Index::begin_fold), but leaves the segments as they are and makes a further one of the
    /// rows added since. Quicker for a big index; each segment costs every search a few microseconds.
    pub fn begin_fold_of_new(&mut self) -> Fold<B> {
        self.freeze();
        let is_segment = |source: &Source<B>| matches!(source.rows, Rows::Segment(_));
        let from = self
            .sources
            .iter()
            .rposition(is_segment)
            .map_or(0, |last| last + 1);
        self.start(from)
    }

    fn freeze(&mut self) {
        if self.delta.len() > 0 {
            let rows = Rows::Frozen(Arc::new(std::mem::take(&mut self.delta)));
            self.sources.push(Source {
                rows,
                removed: std::mem::take(&mut self.delta_removed),
            });
        }
    }

    fn start(&mut self, from: usize) -> Fold<B> {
        self.folds += 1;
        let number = self.folds;
        let range = from..self.sources.len();
        self.running = Some(Running {
            number,
            range: range.clone(),
            removed: Vec::new(),
        });
        Fold::new(number, self.sources[range].to_vec())
    }

    /// Puts the segment that was built by the fold in the place of the rows it was made of. Removals since the
    /// fold's begin are applied to it.
    ///
    /// # Errors
    /// [`FoldError`] if another fold was begun since, or the segment has another number of rows than the fold;
    /// nothing is changed then.
    pub fn finish_fold(&mut self, fold: &Fold<B>, segment: Segment<B>) -> Result<(), FoldError> {
        if segment.len() != fold.len() {
            return Err(FoldError::Rows {
                want: fold.len(),
                got: segment.len(),
            });
        }
        let running = self
            .running
            .take_if(|running| running.number == fold.number())
            .ok_or(FoldError::Superseded)?;
        let mut source = Source {
            rows: Rows::Segment(Arc::new(segment)),
            removed: Bitmap::default(),
        };
        for key in running.removed {
            source.remove(key);
        }
        self.sources.splice(running.range, [source]);
        Ok(())
    }
}

fn push(hits: &mut Vec<BatchHit>, found: &crate::simd::WideFound, key: Option<u64>) {
    if let Some(key) = key {
        hits.push(BatchHit {
            query: found.query,
            key,
            distance: found.distance,
        });
    }
}

fn scan_wide(
    table: &[u8],
    queries: &[Value],
    radius: u32,
    scratch: &mut Scratch,
    each: impl FnMut(crate::simd::WideFound),
) {
    scratch.wide.clear();
    scratch
        .kernels
        .scan_wide(table, queries, radius, &mut scratch.wide);
    scratch.wide.drain(..).for_each(each);
}
