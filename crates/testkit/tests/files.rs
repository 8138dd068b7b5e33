//! Files say to the usual decoders what was meant, or are refused by them where that was meant.

use std::io::Cursor;

use basira_testkit::special::{self, frame_bomb, huge, truncated};
use basira_testkit::{Format, Picture, encode, photo};
use gif::DecodeOptions;
use tiff::decoder::{Decoder as TiffDecoder, DecodingResult};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{colorspace::ColorSpace, options::DecoderOptions};

fn sample() -> Picture {
    photo(11, 123, 77)
}

fn read_png(bytes: &[u8]) -> (png::OutputInfo, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().expect("header");
    let mut samples = vec![0; reader.output_buffer_size().expect("size")];
    let info = reader.next_frame(&mut samples).expect("pixels");
    samples.truncate(info.buffer_size());
    (info, samples)
}

fn read_jpeg(bytes: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(Cursor::new(bytes), options)
        .decode()
        .expect("pixels")
}

/// Mean difference of two pictures' samples.
fn difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(a.abs_diff(*b)))
        .sum::<f64>()
        / a.len() as f64
}

#[test]
fn lossless_files_keep_every_sample() {
    let picture = sample();
    let (info, samples) = read_png(&encode::png(&picture));
    assert_eq!((info.width, info.height), (123, 77));
    assert_eq!(samples, picture.rgb, "png");
    assert_eq!(
        read_png(&special::png_interlaced(&picture)).1,
        picture.rgb,
        "interlaced png"
    );

    let bytes = encode::webp(&picture);
    let mut webp = image_webp::WebPDecoder::new(Cursor::new(&bytes)).expect("header");
    let mut samples = vec![0; webp.output_buffer_size().expect("size")];
    webp.read_image(&mut samples).expect("pixels");
    assert_eq!(samples, picture.rgb, "webp");

    let bytes = encode::tiff(&picture);
    let mut tiff = TiffDecoder::new(Cursor::new(&bytes)).expect("header");
    let DecodingResult::U8(samples) = tiff.read_image().expect("pixels") else {
        panic!("8 bits");
    };
    assert_eq!(samples, picture.rgb, "tiff");

    let bytes = encode::bmp(&picture);
    let row = bytes.len() - 54 - (123usize * 3).next_multiple_of(4);
    assert_eq!(
        bytes[54 + row..54 + row + 3],
        [2, 1, 0].map(|k| picture.rgb[k]),
        "bmp: last row is the top"
    );
}

#[test]
fn jpeg_of_every_kind_is_near_the_picture() {
    let picture = sample();
    for (name, bytes, limit) in [
        ("baseline", encode::jpeg(&picture, 95), 5.0),
        ("progressive", special::jpeg_progressive(&picture, 95), 5.0),
        ("upright", special::jpeg_oriented(&picture, 95, 1), 5.0),
        ("cmyk", special::jpeg_cmyk(&picture, 97), 5.0),
        ("ycck", special::jpeg_ycck(&picture, 97), 5.0),
    ] {
        let found = difference(&read_jpeg(&bytes), &picture.rgb);
        assert!(found < limit, "{name}: {found}");
    }
    let grey = difference(&read_jpeg(&special::jpeg_grey(&picture, 95)), &picture.grey().rgb);
    assert!(grey < 3.0, "grey: {grey}");
    let coarse = difference(&encode::through_jpeg(&picture, 30).rgb, &picture.rgb);
    let fine = difference(&encode::through_jpeg(&picture, 75).rgb, &picture.rgb);
    assert!(fine < coarse && coarse < 15.0, "{fine} {coarse}");
}

#[test]
fn orientation_is_where_readers_look_for_it() {
    for orientation in 1..=8 {
        let bytes = special::jpeg_oriented(&sample(), 90, orientation);
        let mut decoder = JpegDecoder::new(Cursor::new(&bytes));
        decoder.decode_headers().expect("headers");
        let exif = decoder.exif().expect("exif").clone();
        assert_eq!(exif[10..20], [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0]);
        let info = decoder.info().expect("info");
        let upright = (info.width, info.height) == (123, 77);
        assert_eq!(upright, orientation < 5, "orientation {orientation}");
    }
}

#[test]
fn png_of_every_kind_says_what_was_meant() {
    use png::{BitDepth, ColorType};
    let picture = sample();
    let kind = |bytes: &[u8]| {
        let (info, samples) = read_png(bytes);
        (info.color_type, info.bit_depth, samples)
    };
    let (colours, depth, samples) = kind(&special::png_16_bit(&picture));
    assert_eq!((colours, depth), (ColorType::Rgb, BitDepth::Sixteen));
    assert!(
        samples
            .chunks(2)
            .zip(&picture.rgb)
            .all(|(two, v)| two == [*v, *v])
    );

    let (colours, depth, samples) = kind(&special::png_bilevel(&picture));
    assert_eq!((colours, depth), (ColorType::Grayscale, BitDepth::One));
    let luma = picture.luma();
    let bit = |x: usize, y: usize| samples[y * 123usize.div_ceil(8) + x / 8] >> (7 - x % 8) & 1 == 1;
    assert!((0..77).all(|y| (0..123).all(|x| bit(x, y) == (luma[y * 123 + x] >= 128))));

    let (colours, _, samples) = kind(&special::png_grey_alpha(&picture));
    assert_eq!(
        (colours, samples.len()),
        (ColorType::GrayscaleAlpha, 2 * 123 * 77)
    );

    let hidden = special::png_transparent(&picture, [9, 8, 7], |x, _| x < 50);
    let (colours, _, samples) = kind(&hidden);
    assert_eq!(colours, ColorType::Rgba);
    assert_eq!(
        samples[..4],
        [picture.rgb[0], picture.rgb[1], picture.rgb[2], 255]
    );
    assert_eq!(samples[4 * 60..4 * 61], [9, 8, 7, 0]);

    let bytes = special::png_palette(&picture);
    let mut decoder = png::Decoder::new(Cursor::new(&bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("header");
    assert_eq!(reader.info().color_type, ColorType::Indexed);
    let mut samples = vec![0; picture.rgb.len()];
    reader.next_frame(&mut samples).expect("pixels");
    assert!(difference(&samples, &picture.rgb) < 26.0);
}

#[test]
fn animations_have_their_frames() {
    let frames = [photo(1, 60, 40), photo(2, 60, 40), photo(3, 60, 40)];
    let bytes = special::apng(&frames);
    let mut reader = png::Decoder::new(Cursor::new(&bytes))
        .read_info()
        .expect("header");
    let mut samples = vec![0; frames[0].rgb.len()];
    for frame in &frames {
        reader.next_frame(&mut samples).expect("frame");
        assert_eq!(samples, frame.rgb);
    }

    let mut options = DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let bytes = encode::gif(&frames);
    let mut decoder = options.read_info(Cursor::new(&bytes)).expect("header");
    let mut seen = 0;
    while let Some(read) = decoder.read_next_frame().expect("frame") {
        let rgb: Vec<u8> = read.buffer.chunks(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        // Dithering keeps the mean of an area, not the pixels.
        let read = Picture {
            width: 60,
            height: 40,
            rgb,
        }
        .resize(6, 4);
        let found = difference(&read.rgb, &frames[seen].resize(6, 4).rgb);
        assert!(found < 8.0, "frame {seen}: {found}");
        seen += 1;
    }
    assert_eq!(seen, 3);

    let bomb = frame_bomb(16_000, 16_000, 500);
    assert!(bomb.len() < 10_000);
    let mut decoder = DecodeOptions::new()
        .read_info(Cursor::new(&bomb))
        .expect("header");
    assert_eq!(decoder.width(), 16_000);
    let mut frames = 0;
    while decoder.read_next_frame().expect("frame").is_some() {
        frames += 1;
    }
    assert_eq!(frames, 500);
}

#[test]
fn huge_files_are_small_and_claim_their_size() {
    for format in Format::ALL {
        let bytes = huge(format);
        assert!(bytes.len() < 1200, "{format:?}: {} bytes", bytes.len());
        let input = Cursor::new(&bytes);
        let wide = DecoderOptions::default()
            .set_max_width(70_000)
            .set_max_height(70_000);
        let side = match format {
            Format::Png => png::Decoder::new(input).read_info().expect("header").info().width,
            Format::Jpeg => {
                let mut decoder = JpegDecoder::new_with_options(input, wide);
                decoder.decode_headers().expect("headers");
                u32::from(decoder.info().expect("info").height)
            }
            Format::Bmp => u32::from_le_bytes([bytes[18], bytes[19], bytes[20], bytes[21]]),
            Format::Gif => u32::from(DecodeOptions::new().read_info(input).expect("header").height()),
            Format::Webp => image_webp::WebPDecoder::new(input).map_or_else(
                // The decoder may see through it: the frame inside is smaller than its canvas.
                |_| 1 + u32::from_le_bytes([bytes[24], bytes[25], bytes[26], 0]),
                |decoder| decoder.dimensions().0,
            ),
            Format::Tiff => {
                TiffDecoder::new(input)
                    .expect("header")
                    .dimensions()
                    .expect("size")
                    .0
            }
        };
        assert_eq!(side, 65_000, "{format:?}");
    }
}

#[test]
fn truncated_files_are_refused() {
    let picture = sample();
    for share in [0.0, 0.1, 0.5, 0.9] {
        let bytes = truncated(&encode::png(&picture), share);
        let read = png::Decoder::new(Cursor::new(&bytes))
            .read_info()
            .and_then(|mut reader| {
                let mut samples = vec![0; picture.rgb.len()];
                reader.next_frame(&mut samples)
            });
        assert!(read.is_err(), "{share}");
    }
    assert!(truncated(&[], 0.5).is_empty());
    assert_eq!(truncated(&[1, 2, 3], 1.0), [1, 2], "always shorter");
}
