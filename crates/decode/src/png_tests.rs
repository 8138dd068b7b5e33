use ::png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::*;

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A picture of noise on slopes, so that every filter has its use.
fn picture(
    numbers: &mut Numbers,
    colour: ColorType,
    (width, height): (usize, usize),
    filter: Filter,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_filter(filter);
    encoder.set_compression(
        [Compression::Fast, Compression::High, Compression::NoCompression][numbers.below(3)],
    );
    if colour == ColorType::Indexed {
        encoder.set_palette((0..=255u8).flat_map(|i| [i, i ^ 85, 255 - i]).collect::<Vec<_>>());
    }
    let stride = width * colour.samples();
    let noise = 1 + numbers.below(30);
    let bytes: Vec<u8> = (0..stride * height)
        .map(|i| (i % stride / 3 + i / stride * 2 + numbers.below(noise)) as u8)
        .collect();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&bytes).unwrap();
    writer.finish().unwrap();
    file
}

/// The file with its compressed data dealt to chunks of such sizes, in turn; their checksums are not looked at.
fn dealt(file: &[u8], sizes: &[usize]) -> Vec<u8> {
    let (mut head, mut data, mut at) = (file[..8].to_vec(), Vec::new(), 8);
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        match &file[at + 4..at + 8] {
            b"IDAT" => data.extend_from_slice(&file[at + 8..at + 8 + length]),
            b"IEND" => {}
            _ => head.extend_from_slice(&file[at..at + 12 + length]),
        }
        at += 12 + length;
    }
    let mut sizes = sizes.iter().cycle();
    let mut rest = &data[..];
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        head.extend((part.len() as u32).to_be_bytes());
        head.extend([b"IDAT", part, &[0; 4]].concat());
        rest = after;
    }
    head.extend(*b"\0\0\0\0IEND\xae\x42\x60\x82");
    head
}

const COLOURS: [ColorType; 5] = [
    ColorType::Grayscale,
    ColorType::Rgb,
    ColorType::Indexed,
    ColorType::GrayscaleAlpha,
    ColorType::Rgba,
];

const FILTERS: [Filter; 6] = [
    Filter::NoFilter,
    Filter::Sub,
    Filter::Up,
    Filter::Avg,
    Filter::Paeth,
    Filter::Adaptive,
];

#[test]
fn plain_files_are_read_in_the_short_way() {
    let mut numbers = Numbers(1);
    for colour in COLOURS {
        for filter in FILTERS {
            for size in [
                (1, 1),
                (1, 900),
                (3, 7),
                (40, 8),
                (41, 17),
                (300, 130),
                (5000, 40),
                (90_000, 3),
            ] {
                let file = picture(&mut numbers, colour, size, filter);
                assert!(check_plain(&file), "{colour:?} {filter:?} {size:?}");
                for sizes in [&[1, 0, 5][..], &[1000], &[7, 40_000]] {
                    // Chunks of a byte take their time.
                    if sizes[0] > 1 || file.len() < 3000 {
                        assert!(
                            check_plain(&dealt(&file, sizes)),
                            "{colour:?} {filter:?} {size:?}"
                        );
                    }
                }
            }
        }
    }
}

/// Whatever is damaged: what is read in the short way is what the general decoder reads.
#[test]
fn damaged_files_differ_in_nothing() {
    let mut numbers = Numbers(2);
    let (mut short, mut all) = (0, 0);
    for round in 0..600 {
        let (colour, filter) = (COLOURS[round % 5], FILTERS[numbers.below(6)]);
        let size = (1 + numbers.below(60), 1 + numbers.below(60));
        let mut file = picture(&mut numbers, colour, size, filter);
        if round % 2 == 0 {
            file = dealt(&file, &[1 + numbers.below(300), 40]);
        }
        for _ in 0..1 + numbers.below(3) {
            let at = 8 + numbers.below(file.len() - 8);
            match numbers.below(4) {
                0 => file[at] ^= 1 << numbers.below(8),
                1 => file[at] = numbers.below(256) as u8,
                2 => file.truncate(at.max(60)),
                _ => drop(file.drain(at..(at + 1 + numbers.below(9)).min(file.len()))),
            }
            if file.len() < 20 {
                break;
            }
        }
        all += 1;
        short += usize::from(check_plain(&file));
    }
    assert!(short > all / 20 && short < all, "{short} of {all}");
}

#[test]
fn interlaced_deep_and_animated_files_are_not_plain() {
    let grey = testkit::photo(3, 90, 70);
    for file in [
        testkit::special::png_interlaced(&grey),
        testkit::special::png_16_bit(&grey),
        testkit::special::apng(&[grey.clone(), grey.clone()]),
        testkit::special::png_bilevel(&grey),
    ] {
        assert!(!check_plain(&file));
    }
}
