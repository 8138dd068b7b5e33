//! Odd files: unusual colours, orientations and animations that must be read right, and files that must be
//! refused politely.

mod broken;
mod jpeg;
pub(crate) mod png;
mod valid;

pub use broken::{frame_bomb, huge, truncated};
pub use jpeg::{jpeg_cmyk, jpeg_grey, jpeg_oriented, jpeg_progressive, jpeg_ycck};
pub use png::{apng, png_16_bit, png_bilevel, png_grey_alpha, png_interlaced, png_palette, png_transparent};
pub use valid::valid_files;
