//! What people do to pictures before they post them again.

use crate::font::{Style, latin_phrase, text_width};
use crate::math::pow;
use crate::picture::{BLACK, Picture, Rgb, WHITE};
use crate::prng::Prng;
use crate::{draw, encode, screen};

/// One class of edits. The seed chooses within the class: sides, texts, colours, sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edit {
    /// 7 % of the width cut off at the left and at the right, 7 % of the height at the top and at the bottom.
    Crop7,
    /// The same with 12 %.
    Crop12,
    /// 0 to 8 % cut off at each side, each side for itself, at least 3 % at one of them.
    CropRandom8,
    /// 20 % of the width cut off at the right.
    CutRight20,
    /// A white border of 20 % of the width and of the height at each side.
    Pad20,
    /// Black bars above and below that make up 30 % of the finished picture.
    Letterbox30,
    /// A white band with text above the picture, 12 to 25 % of its height.
    CaptionTop,
    /// A black band with text below the picture, 12 to 25 % of its height.
    CaptionBottom,
    /// A photograph of a post on a telephone's screen: the picture with bars, names, buttons and text around it.
    PhoneScreenshot,
    /// Turned by 2° to either side, same size, black corners.
    Rotate2,
    /// Turned by 4° to either side, same size, black corners.
    Rotate4,
    /// Mirrored, then 5 % cut off at each side.
    MirrorCrop5,
    /// An opaque sign over 10 % of the area, in one corner.
    Logo10,
    /// An opaque band with text across the picture, 12 to 15 % of its height.
    TextBand,
    /// Encoded as JPEG of quality 75.
    Jpeg75,
    /// Encoded as JPEG of quality 30.
    Jpeg30,
    /// Half as wide and high.
    Half,
    /// A quarter as wide and high.
    Quarter,
    /// 1.3 times as wide and high.
    Larger,
    /// Gaussian blur, standard deviation of 1 to 2 pixels in 512.
    Blur,
    /// Colour removed.
    Grey,
    /// 1.2 times as bright, clipped.
    Brighter,
    /// Gamma of 0.85 or 1.18.
    Gamma,
}

impl Edit {
    /// The fourteen edits that plain PDQ hardly ever survives.
    pub const ALL_HARD: [Self; 14] = [
        Self::Crop7,
        Self::Crop12,
        Self::CropRandom8,
        Self::CutRight20,
        Self::Pad20,
        Self::Letterbox30,
        Self::CaptionTop,
        Self::CaptionBottom,
        Self::PhoneScreenshot,
        Self::Rotate2,
        Self::Rotate4,
        Self::MirrorCrop5,
        Self::Logo10,
        Self::TextBand,
    ];

    /// The edits that every perceptual hash must survive.
    pub const PLAIN: [Self; 9] = [
        Self::Jpeg75,
        Self::Jpeg30,
        Self::Half,
        Self::Quarter,
        Self::Larger,
        Self::Blur,
        Self::Grey,
        Self::Brighter,
        Self::Gamma,
    ];

    /// A short name, fit for a table and a file name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Crop7 => "crop-7",
            Self::Crop12 => "crop-12",
            Self::CropRandom8 => "crop-random-8",
            Self::CutRight20 => "cut-right-20",
            Self::Pad20 => "pad-20",
            Self::Letterbox30 => "letterbox-30",
            Self::CaptionTop => "caption-top",
            Self::CaptionBottom => "caption-bottom",
            Self::PhoneScreenshot => "phone-screenshot",
            Self::Rotate2 => "rotate-2",
            Self::Rotate4 => "rotate-4",
            Self::MirrorCrop5 => "mirror-crop-5",
            Self::Logo10 => "logo-10",
            Self::TextBand => "text-band",
            Self::Jpeg75 => "jpeg-75",
            Self::Jpeg30 => "jpeg-30",
            Self::Half => "half",
            Self::Quarter => "quarter",
            Self::Larger => "larger",
            Self::Blur => "blur",
            Self::Grey => "grey",
            Self::Brighter => "brighter",
            Self::Gamma => "gamma",
        }
    }

    /// Edits a picture; the same seed gives the same result.
    pub fn apply(&self, picture: &Picture, seed: u64) -> Picture {
        let mut prng = Prng::new(seed, 0x6564_6974 + *self as u64);
        let side = |prng: &mut Prng| if prng.chance(0.5) { 1.0 } else { -1.0 };
        match self {
            Self::Crop7 => picture.crop_shares(0.07, 0.07, 0.07, 0.07),
            Self::Crop12 => picture.crop_shares(0.12, 0.12, 0.12, 0.12),
            Self::CropRandom8 => {
                let mut cuts: [f32; 4] = std::array::from_fn(|_| prng.range(0.0, 0.08));
                let least = prng.int(0, 3) as usize;
                cuts[least] = cuts[least].max(0.03);
                picture.crop_shares(cuts[0], cuts[1], cuts[2], cuts[3])
            }
            Self::CutRight20 => picture.crop_shares(0.0, 0.0, 0.2, 0.0),
            Self::Pad20 => pad(picture),
            Self::Letterbox30 => letterbox(picture, 0.3, BLACK),
            Self::CaptionTop => caption(picture, &mut prng, true),
            Self::CaptionBottom => caption(picture, &mut prng, false),
            Self::PhoneScreenshot => screen::post(picture, &mut prng),
            Self::Rotate2 => picture.rotate(2.0 * side(&mut prng), BLACK),
            Self::Rotate4 => picture.rotate(4.0 * side(&mut prng), BLACK),
            Self::MirrorCrop5 => picture.mirror().crop_shares(0.05, 0.05, 0.05, 0.05),
            Self::Logo10 => logo(picture, &mut prng),
            Self::TextBand => text_band(picture, &mut prng),
            Self::Jpeg75 => encode::through_jpeg(picture, 75),
            Self::Jpeg30 => encode::through_jpeg(picture, 30),
            Self::Half => picture.scale(0.5),
            Self::Quarter => picture.scale(0.25),
            Self::Larger => picture.scale(1.3),
            Self::Blur => {
                let longer = picture.width.max(picture.height) as f32;
                picture.blur((prng.range(1.0, 2.0) * longer / 512.0).max(0.4))
            }
            Self::Grey => picture.grey(),
            Self::Brighter => picture.map(|v| (f32::from(v) * 1.2 + 0.5).min(255.0) as u8),
            Self::Gamma => {
                let gamma = if prng.chance(0.5) { 0.85 } else { 1.18 };
                picture.map(|v| (pow(f32::from(v) / 255.0, gamma) * 255.0 + 0.5) as u8)
            }
        }
    }
}

impl std::fmt::Display for Edit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.pad(self.name())
    }
}

fn share(length: u32, share: f32) -> u32 {
    (length as f32 * share).round() as u32
}

fn pad(picture: &Picture) -> Picture {
    let (x, y) = (share(picture.width, 0.2), share(picture.height, 0.2));
    let mut padded = Picture::filled(picture.width + 2 * x, picture.height + 2 * y, WHITE);
    padded.paste(picture, x as i32, y as i32);
    padded
}

/// The picture between two bars that make up `bars` of the finished height.
pub(crate) fn letterbox(picture: &Picture, bars: f32, colour: Rgb) -> Picture {
    let bar = share(picture.height, 0.5 * bars / (1.0 - bars));
    let mut boxed = Picture::filled(picture.width, picture.height + 2 * bar, colour);
    boxed.paste(picture, 0, bar as i32);
    boxed
}

/// Text in the middle of a box: as many words and lines as fit.
pub(crate) fn text_block(target: &mut Picture, prng: &mut Prng, area: (i32, i32, i32, i32), colour: Rgb) {
    let (x, y, width, height) = area;
    let lines = if height as f32 > 0.28 * width as f32 || prng.chance(0.5) {
        2
    } else {
        1
    };
    let arabic = prng.chance(0.4);
    let size = prng.range(0.42, 0.62) * height as f32 / (lines as f32 + 0.3);
    let middle = x as f32 + width as f32 / 2.0;
    for line in 0..lines {
        let top =
            y as f32 + (height as f32 - size * (1.5 * lines as f32 - 0.5)) / 2.0 + line as f32 * size * 1.5;
        let room = width as f32 * if line == 0 { 0.9 } else { prng.range(0.4, 0.9) };
        if arabic {
            let style = Style::new(size * 1.2, colour);
            target.arabic_line(prng, (middle + room / 2.0, top - 0.1 * size), room, style);
        } else {
            let mut text = latin_phrase(prng, 9);
            let most = (room / (size * 6.0 / 7.0)) as usize;
            if text.len() > most {
                text.truncate(text[..most].rfind(' ').unwrap_or(most));
            }
            if prng.chance(0.3) {
                text.make_ascii_uppercase();
            }
            let style = Style::new(size, colour).bold();
            target.text(&text, (middle - text_width(&text, size) / 2.0, top), style);
        }
    }
}

fn caption(picture: &Picture, prng: &mut Prng, top: bool) -> Picture {
    let band = share(picture.height, prng.range(0.12, 0.25)).max(1);
    let (ground, ink) = if top { (WHITE, BLACK) } else { (BLACK, WHITE) };
    let mut captioned = Picture::filled(picture.width, picture.height + band, ground);
    captioned.paste(picture, 0, if top { band as i32 } else { 0 });
    let y = if top { 0 } else { picture.height as i32 };
    text_block(
        &mut captioned,
        prng,
        (0, y, picture.width as i32, band as i32),
        ink,
    );
    captioned
}

fn logo(picture: &Picture, prng: &mut Prng) -> Picture {
    let (w, h) = (picture.width as f32, picture.height as f32);
    let ratio = prng.range(0.75, 1.33);
    let width = (0.1 * w * h * ratio).sqrt().min(w).round();
    let height = (0.1 * w * h / width).min(h).round();
    let (x, y) = (
        if prng.chance(0.5) { 0.0 } else { w - width },
        if prng.chance(0.5) { 0.0 } else { h - height },
    );
    let ground = draw::hsv(prng.unit(), prng.range(0.0, 1.0), prng.range(0.1, 1.0));
    let ink = draw::ink_on(ground);
    let mut marked = picture.clone();
    marked.fill_rect(x as i32, y as i32, width as i32, height as i32, ground);
    let centre = (x + width / 2.0, y + height * 0.4);
    let r = 0.28 * width.min(height);
    match prng.int(0, 2) {
        0 => marked.ring(centre, r, r * 0.35, ink),
        1 => marked.polygon(&draw::star(centre, r, prng.int(4, 8), 0.5, 0.0), ink),
        _ => marked.disc(centre, r, ink),
    }
    let text = latin_phrase(prng, 1).to_uppercase();
    let size = (width * 0.8 / text_width(&text, 1.0)).min(height * 0.16);
    marked.text_centred(&text, centre.0, y + height * 0.76, Style::new(size, ink).bold());
    marked
}

fn text_band(picture: &Picture, prng: &mut Prng) -> Picture {
    let mut banded = picture.clone();
    let height = share(picture.height, prng.range(0.12, 0.15)).max(1) as i32;
    let y = (prng.range(0.05, 0.9) * (picture.height as i32 - height) as f32) as i32;
    let ground = match prng.int(0, 2) {
        0 => BLACK,
        1 => WHITE,
        _ => draw::hsv(prng.unit(), 0.9, 0.8),
    };
    banded.fill_rect(0, y, picture.width as i32, height, ground);
    text_block(
        &mut banded,
        prng,
        (0, y, picture.width as i32, height),
        draw::ink_on(ground),
    );
    banded
}
