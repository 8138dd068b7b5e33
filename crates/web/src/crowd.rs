//! Who is connected, and who has to leave when there is no room.
//!
//! A seat costs little to take and nothing to keep, so that whoever takes many must not keep others out. When all are
//! taken, the address with the most of them gives one up for an address that has clearly fewer: first one that waits for a
//! request, then one whose request has not come in whole. Whoever waits for an answer stays.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::Notify;

use crate::accept::Limits;

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Doing {
    /// No request has begun, or its headers have not come in whole.
    Waits = 0,
    /// The body of a request is on its way.
    Sends = 1,
    /// A request has come in whole, and is to be answered.
    IsServed = 2,
}

/// One connection.
#[derive(Debug, Default)]
pub(crate) struct Guest {
    doing: AtomicU8,
    leave: Notify,
}

impl Guest {
    /// Notes what it does.
    pub(crate) fn does(&self, doing: Doing) {
        self.doing.store(doing as u8, Ordering::Relaxed);
    }

    fn is(&self, doing: Doing) -> bool {
        self.doing.load(Ordering::Relaxed) == doing as u8
    }
}

/// Who is connected, by address and in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Connected {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    all: usize,
    next: u64,
    by_address: HashMap<IpAddr, BTreeMap<u64, Arc<Guest>>>,
}

/// A connection that is counted until it is dropped.
pub(crate) struct Counted {
    connected: Arc<Connected>,
    address: IpAddr,
    number: u64,
    guest: Arc<Guest>,
}

impl Counted {
    /// Who has it.
    pub(crate) fn guest(&self) -> &Arc<Guest> {
        &self.guest
    }

    /// Done when it was given to another.
    pub(crate) async fn given_up(&self) {
        self.guest.leave.notified().await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.connected.lock().remove(self.address, self.number);
    }
}

impl Connected {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counting leaves the table whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a connection in, unless there are too many.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr, limits: &Limits) -> Option<Counted> {
        let mut inner = self.lock();
        let own = inner.by_address.get(&address).map_or(0, BTreeMap::len);
        if own >= limits.per_address || (inner.all >= limits.connections && !inner.make_room(own)) {
            return None;
        }
        let number = inner.next;
        inner.next += 1;
        inner.all += 1;
        let guest = Arc::<Guest>::default();
        let of_address = inner.by_address.entry(address).or_default();
        of_address.insert(number, Arc::clone(&guest));
        Some(Counted {
            connected: Arc::clone(self),
            address,
            number,
            guest,
        })
    }
}

impl Inner {
    fn remove(&mut self, address: IpAddr, number: u64) {
        let Some(of_address) = self.by_address.get_mut(&address) else {
            return;
        };
        if of_address.remove(&number).is_some() {
            self.all -= 1;
        }
        if of_address.is_empty() {
            self.by_address.remove(&address);
        }
    }

    /// Takes a seat from the address that has the most, for one that has `own`; `false` when that would not be fair.
    fn make_room(&mut self, own: usize) -> bool {
        let most = self.by_address.iter().max_by_key(|(_, guests)| guests.len());
        let Some((&address, guests)) = most.filter(|(_, guests)| guests.len() >= own + 2) else {
            return false;
        };
        let oldest = |doing| guests.iter().find(|(_, guest)| guest.is(doing));
        let Some((&number, guest)) = oldest(Doing::Waits).or_else(|| oldest(Doing::Sends)) else {
            return false;
        };
        guest.leave.notify_one();
        self.remove(address, number);
        true
    }
}

/// A body that notes when all of it has come in.
pub(crate) struct Noted {
    body: Incoming,
    guest: Arc<Guest>,
}

impl Noted {
    pub(crate) fn new(body: Incoming, guest: Arc<Guest>) -> Self {
        let doing = if body.is_end_stream() {
            Doing::IsServed
        } else {
            Doing::Sends
        };
        guest.does(doing);
        Self { body, guest }
    }
}

impl Body for Noted {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.guest.does(Doing::IsServed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(connections: usize, per_address: usize) -> Limits {
        Limits {
            connections,
            per_address,
            ..Limits::default()
        }
    }

    fn is_asked_to_leave(seat: &Counted) -> bool {
        let mut context = Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(seat.given_up()).poll(&mut context).is_ready()
    }

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

    #[test]
    fn connections_are_counted_in_and_out() {
        let limits = limits(3, 2);
        let connected = Arc::new(Connected::default());
        let first = connected.enter(A, &limits).unwrap();
        let second = connected.enter(A, &limits).unwrap();
        assert!(connected.enter(A, &limits).is_none(), "two of one address");
        let third = connected.enter(B, &limits).unwrap();
        assert!(
            connected.enter(B, &limits).is_none(),
            "three in all, and nobody has clearly more"
        );
        drop(first);
        assert!(connected.enter(B, &limits).is_some());
        drop((second, third));
        let inner = connected.lock();
        assert!(inner.by_address.is_empty() && inner.all == 0);
    }

    #[test]
    fn whoever_has_the_most_gives_a_seat_up_and_whoever_is_served_stays() {
        let limits = limits(4, 4);
        let connected = Arc::new(Connected::default());
        let seats: Vec<Counted> = (0..4).map(|_| connected.enter(A, &limits).unwrap()).collect();
        seats[0].guest().does(Doing::IsServed);
        seats[1].guest().does(Doing::Sends);
        let second = connected.enter(B, &limits).unwrap();
        assert!(is_asked_to_leave(&seats[2]), "the oldest that waits");
        let third = connected.enter([127, 0, 0, 3].into(), &limits).unwrap();
        assert!(is_asked_to_leave(&seats[3]));
        let fourth = connected.enter([127, 0, 0, 4].into(), &limits).unwrap();
        assert!(is_asked_to_leave(&seats[1]), "its request has not come in whole");
        assert!(!is_asked_to_leave(&seats[0]), "it is served");
        assert!(
            connected.enter([127, 0, 0, 5].into(), &limits).is_none(),
            "all have one"
        );
        drop((seats, second, third, fourth));
        let inner = connected.lock();
        assert!(inner.by_address.is_empty() && inner.all == 0);
    }
}
