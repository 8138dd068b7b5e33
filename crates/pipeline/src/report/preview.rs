//! A thumbnail inside the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fingerprint::grey::GreyPicture;

/// The thumbnail as a `data:` address of a grey PNG; `None` when it has no pixels or the wrong number of them.
///
/// It has 32 levels of grey: people see little difference, and the page is half as large.
pub(super) fn data_address(picture: &GreyPicture) -> Option<String> {
    let pixels: Vec<u8> = picture
        .data
        .iter()
        .map(|luma| luma.saturating_add(4) & 0xf8)
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(png::Filter::Paeth);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&pixels))
        .ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_are_near_their_thumbnails() {
        let picture = GreyPicture {
            width: 16,
            height: 16,
            data: (0..=255).collect(),
        };
        let address = data_address(&picture).unwrap();
        let bytes = STANDARD
            .decode(address.strip_prefix("data:image/png;base64,").unwrap())
            .unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut read = vec![0; 256];
        reader.next_frame(&mut read).unwrap();
        assert!(picture.data.iter().zip(&read).all(|(a, b)| a.abs_diff(*b) <= 7));
    }

    #[test]
    fn no_pixels_or_too_few_are_no_preview() {
        for (width, height, data) in [(0, 0, vec![]), (2, 2, vec![1]), (0, 5, vec![])] {
            assert_eq!(data_address(&GreyPicture { width, height, data }), None);
        }
    }
}
