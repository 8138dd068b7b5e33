//! Drawings of what was compared, without its content.

use model::{Dihedral, Match, Method};

use super::words::Words;

/// A drawing of the area that was compared, in pixels of the drawing.
pub(super) struct Area {
    pub(super) name: &'static str,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) area_width: f64,
    pub(super) area_height: f64,
}

/// The compared areas of the scanned and of the banked picture, where not both were whole. The banked picture's
/// shape is what it must be for the two areas to have the same shape.
pub(super) fn of(words: &'static Words, hit: &Match, aspect: f64) -> Vec<Area> {
    let Method::Pdq(method) = hit.method else {
        return Vec::new();
    };
    let (scanned, banked) = (method.view.region(), method.entry_region);
    if scanned.is_full() && banked.is_full() {
        return Vec::new();
    }
    let seen = aspect * scanned.width() / scanned.height();
    let seen = match method.form {
        Dihedral::Rotate90 | Dihedral::Rotate270 | Dihedral::FlipPlus1 | Dihedral::FlipMinus1 => 1.0 / seen,
        Dihedral::Original | Dihedral::Rotate180 | Dihedral::FlipX | Dihedral::FlipY => seen,
    };
    let banked_aspect = seen * banked.height() / banked.width();
    [
        (&words.hit.scanned, scanned, aspect),
        (&words.hit.banked, banked, banked_aspect),
    ]
    .into_iter()
    .map(|(name, region, aspect)| {
        const SIDE: f64 = 64.0;
        let aspect = aspect.clamp(0.25, 4.0);
        let (width, height) = (SIDE * aspect.min(1.0), SIDE / aspect.max(1.0));
        let [left, top, _, _] = region.edges();
        let tenths = |pixels: f64| (pixels * 10.0).round() / 10.0;
        Area {
            name,
            width: tenths(width),
            height: tenths(height),
            x: tenths(left * width),
            y: tenths(top * height),
            area_width: tenths(region.width() * width),
            area_height: tenths(region.height() * height),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Lang;
    use crate::report::tests::hit;

    fn of_method(method: &str, aspect: f64) -> Vec<Area> {
        of(Lang::En.words(), &hit(method), aspect)
    }

    #[test]
    fn whole_pictures_and_digests_need_no_drawing() {
        assert!(of_method("pdq:full/flipx@3", 1.5).is_empty());
        assert!(of_method("md5:equal@0", 1.5).is_empty());
    }

    #[test]
    fn both_areas_have_the_same_shape_unless_turned() {
        for (method, turned) in [
            ("pdq:window[.1,.2,.9,.8]~[0,0,.8,1]@3", false),
            ("pdq:window[.1,.2,.9,.8]/rotate90~[0,0,.8,1]@3", true),
            ("pdq:full~[.25,.25,.75,1]@3", false),
        ] {
            let areas = of_method(method, 1.5);
            let [scanned, banked] = &areas[..] else {
                panic!("{method}")
            };
            let shape = |area: &Area| area.area_width / area.area_height;
            let want = if turned {
                1.0 / shape(scanned)
            } else {
                shape(scanned)
            };
            assert!(
                (shape(banked) / want - 1.0).abs() < 0.01,
                "{method}: {} and {want}",
                shape(banked)
            );
            assert!((scanned.width / scanned.height - 1.5).abs() < 0.01);
        }
    }
}
