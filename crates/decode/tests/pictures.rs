//! What comes out of well-formed pictures: the same picture in every dress, and what peers see in it.

use basira_decode::{Decoded, FileKind, PictureHash, PicturePart, Request, decode};
use fingerprint::pdq::{self, Pdq};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use model::{HashMode, PartName, Variant};
use testkit::{Format, Picture, encode, photo, special};

fn decoded(bytes: &[u8], mode: HashMode) -> Decoded {
    let decoded = decode(bytes, &Request::new(mode));
    assert_eq!(decoded.incomplete, [], "{}", decoded.kind);
    decoded
}

fn first(bytes: &[u8], mode: HashMode) -> PicturePart {
    decoded(bytes, mode).contents.pictures.swap_remove(0)
}

fn of(part: &PicturePart, variant: Variant) -> Option<&PictureHash> {
    part.hashes.iter().find(|hash| hash.variant == variant)
}

fn canonical(bytes: &[u8], mode: HashMode) -> Pdq {
    first(bytes, mode).hashes.swap_remove(0).pdq
}

fn compat(bytes: &[u8], mode: HashMode) -> Option<Pdq> {
    of(&first(bytes, mode), Variant::Compat).map(|hash| hash.pdq.clone())
}

fn exact(picture: &Picture) -> Pdq {
    pdq::exact_rgb(&picture.rgb, picture.width as usize, picture.height as usize)
}

fn far(a: &Pdq, b: &Pdq) -> u32 {
    a.hash().distance(&b.hash())
}

const MODES: [HashMode; 2] = [HashMode::Exact, HashMode::Fast];

#[test]
fn lossless_formats_hash_as_their_pixels_do() {
    // A small one that fast mode hashes from colours too, and one that it does not.
    for (width, height) in [(333, 251), (800, 600)] {
        let picture = photo(3, width, height);
        let wanted = exact(&picture);
        for format in [Format::Png, Format::Bmp, Format::Webp, Format::Tiff] {
            let bytes = format.encode(&picture);
            let part = first(&bytes, HashMode::Exact);
            assert_eq!((part.width, part.height), (width, height));
            assert_eq!(part.hashes.len(), 1, "{format:?}: nothing differs for peers");
            let found = &part.hashes[0].pdq;
            assert_eq!(
                (found.hash(), found.quality()),
                (wanted.hash(), wanted.quality()),
                "{format:?}"
            );
            assert!(
                far(&canonical(&bytes, HashMode::Fast), &wanted) <= 4,
                "{format:?}"
            );
        }
        let interlaced = special::png_interlaced(&picture);
        assert_eq!(canonical(&interlaced, HashMode::Exact).hash(), wanted.hash());
        assert_eq!(
            canonical(&special::png_16_bit(&picture), HashMode::Exact).hash(),
            wanted.hash()
        );
    }
}

#[test]
fn kind_is_told_by_content() {
    let picture = photo(1, 64, 48);
    let kinds = [
        FileKind::Png,
        FileKind::Jpeg,
        FileKind::Bmp,
        FileKind::Gif,
        FileKind::WebP,
        FileKind::Tiff,
    ];
    for (format, kind) in Format::ALL.into_iter().zip(kinds) {
        assert_eq!(decoded(&format.encode(&picture), HashMode::Fast).kind, kind);
    }
}

#[test]
fn every_jpeg_sampling_has_the_same_hash_in_both_modes() {
    use SamplingFactor::*;
    for (seed, (width, height)) in [(640, 480), (501, 333), (37, 41)].into_iter().enumerate() {
        let picture = photo(seed as u64, width, height);
        let wanted = exact(&picture);
        for sampling in [F_1_1, F_2_1, F_1_2, F_2_2, F_4_1, F_4_2, F_1_4, F_2_4] {
            for progressive in [false, true] {
                let mut bytes = Vec::new();
                let mut encoder = Encoder::new(&mut bytes, 92);
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder
                    .encode(&picture.rgb, width as u16, height as u16, ColorType::Rgb)
                    .unwrap();
                for mode in MODES {
                    let far = far(&canonical(&bytes, mode), &wanted);
                    assert!(
                        far <= 14,
                        "{width}×{height} {sampling:?} progressive {progressive} {mode:?}: {far}"
                    );
                }
            }
        }
    }
}

#[test]
fn eight_orientations_are_one_picture() {
    let picture = photo(5, 480, 320);
    for mode in MODES {
        let upright = canonical(&special::jpeg_oriented(&picture, 92, 1), mode);
        for orientation in 1..=8 {
            let bytes = special::jpeg_oriented(&picture, 92, orientation);
            let part = first(&bytes, mode);
            assert_eq!((part.width, part.height), (480, 320), "orientation {orientation}");
            assert_eq!((part.grey.width, part.grey.height), (256, 171));
            let found = &of(&part, Variant::Canonical).unwrap().pdq;
            assert!(
                far(found, &upright) <= 8,
                "orientation {orientation}: {}",
                far(found, &upright)
            );
            // Peers do not turn it.
            match (orientation, of(&part, Variant::Compat)) {
                (1, None) => {}
                (2.., Some(lying)) => assert!(far(&lying.pdq, &upright) > 60, "orientation {orientation}"),
                (_, other) => panic!("orientation {orientation}: {other:?}"),
            }
        }
    }
}

#[test]
fn the_canonical_hash_is_that_of_really_turned_pixels() {
    let picture = photo(6, 300, 200);
    // The lossless formats that carry an orientation: it is put into a PNG by hand.
    let mut lying = Format::Png.encode(&picture.rotate270());
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut chunk = (exif.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(b"eXIf");
    chunk.extend_from_slice(exif);
    chunk.extend_from_slice(&[0; 4]);
    // After the signature and the header chunk.
    lying.splice(33..33, chunk);
    assert_eq!(canonical(&lying, HashMode::Exact).hash(), exact(&picture).hash());
    assert_eq!(
        compat(&lying, HashMode::Exact).unwrap().hash(),
        exact(&picture.rotate270()).hash()
    );
}

#[test]
fn ink_is_seen_as_colour_and_taken_by_peers_for_light() {
    let picture = photo(8, 400, 300);
    for bytes in [special::jpeg_cmyk(&picture, 95), special::jpeg_ycck(&picture, 95)] {
        for mode in MODES {
            assert!(far(&canonical(&bytes, mode), &exact(&picture)) <= 10);
            assert!(far(&compat(&bytes, mode).unwrap(), &exact(&picture)) > 60);
        }
    }
    let grey = special::jpeg_grey(&picture, 95);
    assert!(far(&canonical(&grey, HashMode::Exact), &exact(&picture)) <= 6);
    assert!(
        far(
            &canonical(&special::jpeg_progressive(&picture, 95), HashMode::Fast),
            &exact(&picture)
        ) <= 6
    );
}

#[test]
fn transparency_is_white_to_people_and_nothing_to_peers() {
    let picture = photo(9, 400, 300);
    let opaque = |x: u32, y: u32| (60..350).contains(&x) && (40..220).contains(&y);
    let hidden = photo(10, 400, 300);
    let on_white = Picture::from_fn(400, 300, |x, y| {
        if opaque(x, y) {
            picture.pixel(x, y)
        } else {
            [255; 3]
        }
    });
    let bytes = special::png_transparent(&picture, [10, 200, 30], opaque);
    let below = Picture::from_fn(400, 300, |x, y| {
        if opaque(x, y) {
            picture.pixel(x, y)
        } else {
            [10, 200, 30]
        }
    });
    assert_eq!(canonical(&bytes, HashMode::Exact).hash(), exact(&on_white).hash());
    assert_eq!(
        compat(&bytes, HashMode::Exact).unwrap().hash(),
        exact(&below).hash()
    );
    assert!(far(&exact(&hidden), &exact(&on_white)) > 60, "the test can fail");
}

#[test]
fn white_lettering_on_nothing_does_not_vanish() {
    let shape = photo(11, 500, 400);
    let inked = |x: u32, y: u32| shape.pixel(x, y)[1] > 120;
    let white = Picture::filled(500, 400, [255; 3]);
    let bytes = special::png_transparent(&white, [255; 3], inked);
    let on_black = Picture::from_fn(500, 400, |x, y| if inked(x, y) { [255; 3] } else { [0; 3] });
    for mode in MODES {
        let found = canonical(&bytes, mode);
        assert!(found.quality().is_usable());
        assert!(far(&found, &exact(&on_black)) <= 4);
        // Peers see a white sheet.
        assert_eq!(compat(&bytes, mode).unwrap().quality().get(), 0);
    }
}

#[test]
fn palettes_and_bits_are_colours_to_people_and_numbers_to_peers() {
    let picture = photo(12, 640, 480);
    // A palette that runs backwards: to those who take indices for light the picture is a negative.
    let luma = picture.luma();
    let mut palette = Vec::new();
    let mut encoder = png::Encoder::new(&mut palette, 640, 480);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(
        (0..=255u8)
            .flat_map(|index| [255 - index; 3])
            .collect::<Vec<u8>>(),
    );
    let indices: Vec<u8> = luma.iter().map(|v| 255 - v).collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&indices)
        .unwrap();
    let of_grey = |pixels: &[u8]| pdq::exact_grey(pixels, 640, 480).hash();
    assert_eq!(canonical(&palette, HashMode::Exact).hash(), of_grey(&luma));
    assert_eq!(
        compat(&palette, HashMode::Exact).unwrap().hash(),
        of_grey(&indices)
    );
    let many = special::png_palette(&picture);
    assert!(far(&canonical(&many, HashMode::Fast), &exact(&picture)) <= 20);
    let bits = special::png_bilevel(&picture);
    let seen = picture.grey().map(|v| if v >= 128 { 255 } else { 0 });
    assert!(far(&canonical(&bits, HashMode::Exact), &exact(&seen)) <= 6);
    assert_eq!(compat(&bits, HashMode::Exact).unwrap().quality().get(), 0);
    let grey_alpha = special::png_grey_alpha(&picture);
    assert!(
        far(
            &compat(&grey_alpha, HashMode::Exact).unwrap(),
            &exact(&picture.grey())
        ) <= 4
    );
}

#[test]
fn animations_are_sampled_from_the_first_to_the_last() {
    let frames: Vec<Picture> = (0..20).map(|seed| photo(100 + seed, 160, 120)).collect();
    for bytes in [encode::gif(&frames), special::apng(&frames)] {
        let found = decoded(&bytes, HashMode::Exact);
        let names: Vec<PartName> = found.pictures.iter().map(|part| part.name.clone()).collect();
        let numbers = [2, 5, 8, 10, 13, 16, 19];
        let wanted: Vec<PartName> = std::iter::once(PartName::picture())
            .chain(numbers.map(PartName::frame))
            .collect();
        assert_eq!(names, wanted);
        for (part, number) in found.pictures.iter().zip([0].into_iter().chain(numbers)) {
            let pdq = &of(part, Variant::Canonical).unwrap().pdq;
            let far = far(pdq, &exact(&frames[number as usize]));
            // GIF has 216 colours.
            assert!(
                far <= if found.kind == FileKind::Gif { 30 } else { 0 },
                "{}: {far}",
                part.name
            );
        }
        assert!(
            found.pictures[1..]
                .iter()
                .all(|part| of(part, Variant::Compat).is_none())
        );
    }
}

#[test]
fn thumbnails_keep_their_ratio_and_their_light() {
    let picture = photo(13, 1600, 900);
    let luma = picture.luma();
    let mean = |data: &[u8]| data.iter().map(|v| f64::from(*v)).sum::<f64>() / data.len() as f64;
    for mode in MODES {
        for bytes in [Format::Png.encode(&picture), encode::jpeg(&picture, 92)] {
            let part = first(&bytes, mode);
            assert_eq!((part.grey.width, part.grey.height), (256, 144));
            assert!((mean(&part.grey.data) - mean(&luma)).abs() < 1.5);
        }
    }
}
