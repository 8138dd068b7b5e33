//! Thumbnails and window hashes, and the key that protects them.

use std::fs;

use basira_store::{
    Access, EntryError, Keep, LostKey, NewEntry, Options, PictureError, Store, StoreError, Thumbnail, Windows,
};
use model::{EntryId, PdqHash, Quality};

use crate::place::{Place, entry, pdq, with_bank};

const SECRET: &[u8] = b"grey values that nobody shall find on the disk";

fn thumbnail() -> Thumbnail {
    Thumbnail::new(SECRET.len() as u16, 1, SECRET.to_vec()).unwrap()
}

fn with_thumbnail() -> (Place, Store, EntryId) {
    let (place, store, bank) = with_bank();
    let keep = Keep::Picture {
        thumbnail: Some(thumbnail()),
        windows: None,
    };
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(
                bank.id,
                &NewEntry {
                    keep,
                    ..entry(vec![pdq(1)])
                },
            )
        })
        .unwrap();
    (place, store, id)
}

#[test]
fn a_thumbnail_comes_back_and_can_be_replaced() {
    let (place, store, id) = with_thumbnail();
    assert_eq!(store.thumbnail(id).unwrap(), Some(thumbnail()));
    assert_eq!(place.reader().thumbnail(id).unwrap(), Some(thumbnail()));
    assert_eq!(store.windows(id).unwrap(), None);
    let other = Thumbnail::new(2, 2, vec![1, 2, 3, 4]).unwrap();
    let windows = Windows::new(1, vec![(PdqHash::new([1; 32]), Quality::USABLE)]).unwrap();
    store
        .edit("keep_picture", |edits| {
            edits.keep_picture(id, Some(&other), Some(&windows))
        })
        .unwrap();
    assert_eq!(store.thumbnail(id).unwrap(), Some(other.clone()));
    assert_eq!(
        (other.width(), other.height(), other.grey()),
        (2, 2, &[1, 2, 3, 4][..])
    );
    assert_eq!(store.windows(id).unwrap(), Some(windows));
    store
        .edit("remove_entry", |edits| edits.remove_entry(id))
        .unwrap();
    assert_eq!(
        (store.thumbnail(id).unwrap(), store.windows(id).unwrap()),
        (None, None)
    );
}

#[test]
fn sizes_are_checked() {
    let size = PictureError::Size {
        width: 2,
        height: 2,
        bytes: 3,
    };
    assert_eq!(Thumbnail::new(2, 2, vec![0; 3]), Err(size));
    assert_eq!(Thumbnail::new(0, 5, Vec::new()), Err(PictureError::Pixels(0)));
    let most = vec![0; 1 << 20];
    assert!(Thumbnail::new(1 << 10, 1 << 10, most.clone()).is_ok());
    let more = vec![0; (1 << 20) + (1 << 10)];
    assert_eq!(
        Thumbnail::new(1 << 10, (1 << 10) + 1, more.clone()),
        Err(PictureError::Pixels(more.len()))
    );
    assert_eq!(Windows::new(1, Vec::new()), Err(PictureError::Windows(0)));
    let window = (PdqHash::new([0; 32]), Quality::USABLE);
    assert_eq!(
        Windows::new(1, vec![window; 256]),
        Err(PictureError::Windows(256))
    );
}

#[test]
fn nothing_is_kept_of_a_hash_only_entry() {
    let (_place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    let windows = Windows::new(1, vec![(PdqHash::new([1; 32]), Quality::USABLE)]).unwrap();
    for outcome in [
        store.edit("keep_picture", |edits| {
            edits.keep_picture(id, Some(&thumbnail()), None)
        }),
        store.edit("keep_picture", |edits| {
            edits.keep_picture(id, None, Some(&windows))
        }),
    ] {
        assert!(
            matches!(outcome, Err(StoreError::Entry(EntryError::HashOnly))),
            "{outcome:?}"
        );
    }
    assert_eq!(
        (store.thumbnail(id).unwrap(), store.windows(id).unwrap()),
        (None, None)
    );
}

#[test]
fn no_pixel_is_readable_in_any_file_of_the_folder_or_in_a_log() {
    let (place, store, id) = with_thumbnail();
    assert!(
        !format!("{:?}", store.thumbnail(id).unwrap()).contains("103"),
        "pixels in debug output"
    );
    drop(store);
    let mut files = 0;
    for file in fs::read_dir(place.folder()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            assert!(
                !bytes.windows(SECRET.len()).any(|window| window == SECRET),
                "{}",
                path.display()
            );
            files += 1;
        }
    }
    assert!(files >= 3, "{files}");
}

#[test]
fn a_flipped_bit_or_a_moved_thumbnail_is_noticed() {
    let (place, store, id) = with_thumbnail();
    let other = store.edit("add_entries", |edits| {
        edits.add_entries(
            store.banks().unwrap()[0].bank.id,
            &[NewEntry {
                keep: Keep::Picture {
                    thumbnail: Some(thumbnail()),
                    windows: None,
                },
                ..entry(vec![pdq(2)])
            }],
        )
    });
    let other = other.unwrap()[0];
    let read = |id: EntryId| {
        let sql = format!("SELECT sealed FROM thumbnail WHERE entry = {id}");
        place.raw().bytes(&sql)
    };
    let write = |id: EntryId, sealed: &[u8]| {
        let mut raw = place.raw();
        let sealed = raw.literal(sealed);
        raw.run(&format!(
            "UPDATE thumbnail SET sealed = {sealed} WHERE entry = {id}"
        ));
    };
    let sound = read(id);
    let mut flipped = sound.clone();
    flipped[sound.len() / 2] ^= 1;
    for altered in [flipped, read(other), sound[..10].to_vec()] {
        write(id, &altered);
        let error = store.thumbnail(id).unwrap_err();
        assert!(
            matches!(error, StoreError::ThumbnailAltered { entry } if entry == id),
            "{error}"
        );
        assert!(
            store.entry(id).unwrap().is_some(),
            "the rest of the entry stays readable"
        );
    }
    write(id, &sound);
    assert_eq!(store.thumbnail(id).unwrap(), Some(thumbnail()));
}

#[test]
fn a_lost_key_says_what_is_lost_and_can_be_given_up() {
    let (place, store, id) = with_thumbnail();
    drop(store);
    let aside = place.root.path().join("aside");
    fs::rename(place.key(), &aside).unwrap();
    for access in [Access::Reader, Access::Writer] {
        let error = place.try_open(access).unwrap_err();
        assert!(
            matches!(error, StoreError::KeyMissing { sealed: 1, .. }),
            "{error}"
        );
        assert!(
            !place.key().exists(),
            "no new key takes the place of the lost one"
        );
    }
    fs::copy(&aside, place.key()).unwrap();
    assert_eq!(place.reader().thumbnail(id).unwrap(), Some(thumbnail()));
    fs::remove_file(place.key()).unwrap();
    let options = Options {
        lost_key: LostKey::GiveUp,
        ..place.options(Access::Writer)
    };
    let store = Store::open(&place.folder(), options).unwrap();
    assert_eq!(store.thumbnail(id).unwrap(), None);
    assert!(store.entry(id).unwrap().is_some());
    store
        .edit("keep_picture", |edits| {
            edits.keep_picture(id, Some(&thumbnail()), None)
        })
        .unwrap();
    drop(store);
    assert_eq!(
        place.reader().thumbnail(id).unwrap(),
        Some(thumbnail()),
        "with the new key"
    );
    fs::copy(&aside, place.key()).unwrap();
    let error = place.try_open(Access::Reader).unwrap_err();
    assert!(matches!(error, StoreError::KeyDiffers { .. }), "{error}");
    fs::write(place.key(), "short").unwrap();
    let error = place.try_open(Access::Reader).unwrap_err();
    assert!(
        matches!(error, StoreError::KeyMalformed { bytes: 5, .. }),
        "{error}"
    );
}

#[test]
fn a_lost_key_that_protected_nothing_is_replaced() {
    let (place, store, _bank) = with_bank();
    drop(store);
    fs::remove_file(place.key()).unwrap();
    drop(place.reader());
    assert!(place.key().exists());
}

#[test]
fn a_key_inside_the_data_folder_is_refused() {
    let place = Place::new();
    for key in [place.folder().join("key"), place.folder().join("deep/er/key")] {
        let error = Store::open(&place.folder(), Options::new(Access::Writer, &key)).unwrap_err();
        assert!(matches!(error, StoreError::KeyInside { .. }), "{error}");
    }
}
