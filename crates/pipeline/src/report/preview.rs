//! A thumbnail inside the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fingerprint::grey::GreyPicture;

/// The thumbnail as a `data:` address of a grey PNG; `None` when it has no pixels.
pub(super) fn data_address(picture: &GreyPicture) -> Option<String> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&picture.data))
        .ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(&bytes)))
}
