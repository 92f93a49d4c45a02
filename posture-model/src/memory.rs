//! How much memory the responses of clouds may need together.
//!
//! A single response is limited where it is read. But many are read at once, and a few bytes of one become a large value once
//! they are parsed. So all of them take what they need from a [`Pool`]: what does not fit waits until others are done, and if
//! there is no other to wait for, it is refused.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Together with the lists, half a gigabyte.
const ANSWERS: usize = 160 << 20;
const LISTS: usize = 352 << 20;

/// Memory that several holders share.
#[derive(Debug)]
pub struct Pool {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    /// How many shares hold anything.
    holders: usize,
    /// The number of the next share.
    next: u64,
    /// The shares that wait for others, and whether they hold anything.
    waiting: Vec<(u64, bool, Waker)>,
}

/// The part of a pool that one holder has; it is returned when this is dropped.
#[derive(Debug)]
pub struct Share {
    pool: Arc<Pool>,
    bytes: usize,
    number: u64,
}

/// There is no room, and no other holder that could free some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it exceeds the memory limit for provider responses")
    }
}

impl std::error::Error for Full {}

impl Pool {
    /// A pool of so many bytes.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    /// For answers while they are read; this process has one, since it has one memory.
    pub fn answers() -> Arc<Self> {
        static POOL: LazyLock<Arc<Pool>> = LazyLock::new(|| Pool::new(ANSWERS));
        Arc::clone(&POOL)
    }

    /// For what lists keep of the pages before the last.
    pub fn lists() -> Arc<Self> {
        static POOL: LazyLock<Arc<Pool>> = LazyLock::new(|| Pool::new(LISTS));
        Arc::clone(&POOL)
    }

    /// A share that holds nothing yet.
    pub fn share(self: &Arc<Self>) -> Share {
        let mut state = self.state();
        state.next += 1;
        Share { pool: Arc::clone(self), bytes: 0, number: state.next }
    }

    /// How many bytes are taken.
    pub fn used(&self) -> usize {
        self.state().used
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, number: u64) {
        self.waiting.retain(|(waits, ..)| *waits != number);
    }

    /// A holder gave something back, or is no longer waited for.
    fn wake(&mut self) {
        for (.., waker) in self.waiting.drain(..) {
            waker.wake();
        }
    }
}

impl Share {
    /// How many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes so many more bytes, once others have returned them.
    ///
    /// # Errors
    /// [`Full`] if no other share holds anything, or all that do are waiting as well.
    pub async fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        /// Stops waiting when the future is dropped.
        struct Waits<'s>(&'s mut Share);
        impl Drop for Waits<'_> {
            fn drop(&mut self) {
                self.0.pool.state().forget(self.0.number);
            }
        }
        let waits = Waits(self);
        poll_fn(|context| waits.0.poll_grow(bytes, context)).await?;
        waits.0.bytes += bytes;
        Ok(())
    }

    fn poll_grow(&self, bytes: usize, context: &Context<'_>) -> Poll<Result<(), Full>> {
        let mut state = self.pool.state();
        state.forget(self.number);
        let held = self.bytes > 0;
        let wanted = state.used.saturating_add(bytes);
        if wanted <= self.pool.most {
            state.used = wanted;
            state.holders += usize::from(!held && bytes > 0);
            return Poll::Ready(Ok(()));
        }
        let others = state.holders - usize::from(held);
        let stuck = state.waiting.iter().filter(|(_, held, _)| *held).count();
        if others == stuck {
            return Poll::Ready(Err(Full));
        }
        state.waiting.push((self.number, held, context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        if self.bytes > 0 {
            state.used -= self.bytes;
            state.holders -= 1;
            state.wake();
        }
    }
}

/// About how many bytes a response needs once it is read, itself included: a list of empty objects of three letters each becomes
/// a list of values of some hundred bytes each.
pub fn weight(body: &[u8]) -> usize {
    /// The size of an object or an element, and of anything else in a list.
    const OBJECT: usize = 256;
    const ITEM: usize = 48;
    let mut weight = body.len();
    for (place, byte) in body.iter().enumerate() {
        weight += match byte {
            b'{' => OBJECT,
            b'<' if body.get(place + 1) != Some(&b'/') => OBJECT,
            b'[' | b',' => ITEM,
            _ => 0,
        };
    }
    weight
}

/// The same for a response in CBOR, whose objects are not marked by characters.
pub fn weight_of_binary(body: &[u8]) -> usize {
    body.len().saturating_mul(64)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Wake;

    use super::*;

    struct Noted(Mutex<usize>);

    impl Wake for Noted {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() += 1;
        }
    }

    fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(work).poll(&mut context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn what_finds_no_room_waits_for_others_and_is_refused_where_there_are_none() {
        let pool = Pool::new(10);
        let (mut one, mut two) = (pool.share(), pool.share());
        assert_eq!(ready(one.grow(11)), Some(Err(Full)));
        assert_eq!(ready(one.grow(6)), Some(Ok(())));
        {
            let woken = Arc::new(Noted(Mutex::new(0)));
            let waker = Waker::from(Arc::clone(&woken));
            let mut context = Context::from_waker(&waker);
            let mut waits = pin!(two.grow(6));
            assert!(waits.as_mut().poll(&mut context).is_pending());
            // A share that waits and holds nothing is not worth waiting for.
            assert_eq!(ready(one.grow(5)), Some(Err(Full)));
            assert_eq!(ready(one.grow(4)), Some(Ok(())));
            drop(one);
            assert_eq!(*woken.0.lock().unwrap(), 1);
            assert_eq!(waits.as_mut().poll(&mut context), Poll::Ready(Ok(())));
        }
        assert_eq!((two.bytes(), pool.used()), (6, 6));
        drop(two);
        assert_eq!(pool.used(), 0);
    }

    #[test]
    fn of_those_that_wait_for_each_other_the_last_is_refused() {
        let pool = Pool::new(10);
        let (mut one, mut two) = (pool.share(), pool.share());
        assert_eq!((ready(one.grow(5)), ready(two.grow(5))), (Some(Ok(())), Some(Ok(()))));
        {
            let mut context = Context::from_waker(Waker::noop());
            let mut waits = pin!(one.grow(1));
            assert!(waits.as_mut().poll(&mut context).is_pending());
            assert_eq!(ready(two.grow(1)), Some(Err(Full)));
            drop(two);
            assert_eq!(waits.as_mut().poll(&mut context), Poll::Ready(Ok(())));
        }
        assert_eq!(pool.used(), 6);
        // Who gave up waiting is not counted among those who do.
        let mut three = pool.share();
        assert_eq!(ready(three.grow(4)), Some(Ok(())));
        assert_eq!(ready(one.grow(1)), None);
        assert_eq!(ready(three.grow(1)), None);
        drop((one, three));
        assert_eq!(pool.used(), 0);
    }

    #[test]
    fn small_letters_weigh_what_they_become() {
        assert_eq!(weight(b"text"), 4);
        assert_eq!(weight(br#"[{},{}]"#), 7 + 2 * 256 + 2 * 48);
        assert_eq!(weight(b"<a><b/>x</a>"), 12 + 2 * 256);
        assert_eq!(weight_of_binary(&[0xa0; 3]), 192);
    }
}
