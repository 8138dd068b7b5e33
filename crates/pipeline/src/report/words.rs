//! Every word of the report. A language that lacks one, or has one too many, does not load.

use serde::Deserialize;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $(pub(super) $word: String),+ })+
    };
}

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) page: PageWords,
    pub(super) summary: SummaryWords,
    pub(super) card: CardWords,
    #[serde(rename = "match")]
    pub(super) hit: MatchWords,
    pub(super) method: MethodWords,
    pub(super) incomplete: GapWords,
    pub(super) help: HelpWords,
}

words! {
    /// The frame of the page.
    PageWords {
        title, skip, ranks, no_match_means, incomplete_means, sensitive, list, list_lead, show, show_all,
        show_match, show_incomplete, show_quiet, none, none_of_kind, made_by,
    }
    /// The totals.
    SummaryWords {
        heading, files, matched, incomplete, no_match, details, roots, banks, no_banks, tier, tier_plain,
        tier_standard, tier_full, started, finished, duration, bytes,
    }
    /// The card of one file.
    CardWords {
        number, verdict_match, verdict_incomplete, verdict_no_match, quiet, quiet_means, matches, more,
        left_out, gaps, sha256, cover, uncover, cover_again, alt, no_picture,
    }
    /// One match.
    MatchWords {
        entry, how, near, quality, part, trust, confirmed, suppressed, replay, exact, counts_not,
        band_equal, band_very_near, band_near, band_edge, distance, equal, text_same, text_alike, text_share, text_lead,
        place, show_text, quality_of, part_file,
        part_picture, part_frame, part_page, part_film, part_sound, part_text, part_inside, trust_active, trust_shadow, trust_disputed, trust_revoked, confirmed_yes,
        confirmed_no, suppressed_by, scanned, banked,
    }
    /// How a match was found.
    MethodWords {
        equal, equal_weak, compared, full, trim, panel, window, entry_full, entry_window, with_cuts,
        cut_left, cut_right, cut_top, cut_bottom, percent, separator, step, rotate90, rotate180, rotate270,
        flipx, flipy, flipplus1, flipminus1, turn_clockwise, turn_anticlockwise, compat, refined, sentence,
        track_film, track_sound, track_speed, text_raw, text_tlsh, text_passage, text_lead,
    }
    /// What was not looked at and what to do.
    GapWords {
        what_to_do, said, decoder_said, empty, empty_do, unreadable, unreadable_do, truncated, truncated_do,
        malformed, malformed_do, unsupported, unsupported_do, pixels, pixels_do, bytes, bytes_do, frames,
        frames_do, crashed, crashed_do, refinement, refinement_do, common, common_do, time, time_do,
        memory, memory_do, forbidden, forbidden_do, encrypted, encrypted_do, depth, depth_do, members,
        members_do, unpacked, unpacked_do, pictures, pictures_do, pages, pages_do, text, text_do, duration,
        duration_do, missing, missing_do, findings, findings_do, unmatched, unmatched_do,
    }
    /// How to read the report.
    HelpWords {
        heading, distance, method, areas, trust, quality, chips,
    }
}
