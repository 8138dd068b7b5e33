use super::{Filler, Pair};

pub(super) const BODY: &str = "The {l} meets in {c} every winter. Its members play in the old library, drink tea and go home before midnight. New boards arrived in spring, and the floor was painted green.";

macro_rules! filler {
    ($league:literal, $city:literal, $person:literal, $paper:literal) => {
        Filler {
            league: $league,
            city: $city,
            person: $person,
            paper: $paper,
        }
    };
}

pub(super) const FILLERS: [Filler; 10] = [
    filler!("Rook League", "Marlow", "Ada Brook", "the Marlow Post"),
    filler!("Grand Pawn League", "Eastby", "Sam Field", "Eastby Weekly"),
    filler!("League of Bishops", "Tarn", "Lena Hill", "the Tarn Courier"),
    filler!("Castle League", "Old Harbour", "Omar Reed", "Harbour Times"),
    filler!("Rook League", "Greyford", "Ivo Marsh", "the Greyford Gazette"),
    filler!("Grand Pawn League", "Nettle Bay", "Mina Stone", "Bay News"),
    filler!("League of Bishops", "Upper Lea", "Jon Wells", "the Lea Herald"),
    filler!("Castle League", "Pinewick", "Tess Lowe", "Pinewick Daily"),
    filler!("Rook League", "Sandhome", "Karim Dale", "the Sandhome Mail"),
    filler!("Castle League", "Birchley", "Rosa Fenn", "Birchley Radio"),
];

macro_rules! pair {
    ($name:literal, $base:literal: $text:expr, $twin:literal: $other:expr) => {
        Pair {
            name: $name,
            base: ($base, $text),
            twin: ($twin, $other),
        }
    };
}

pub(super) const PAIRS: [Pair; 20] = [
    pair!("attributed claim",
        "reporting": "{b} {p} of the council said on Monday that the {l} had won the {c} cup, according to {o}.",
        "unclear": "{b} On Monday the {l} had won the {c} cup, and that was that."),
    pair!("denial",
        "reporting": "{b} The {l} denied on Friday that it had moved the tables. Two officials of the town looked at the hall.",
        "unclear": "{b} The {l} had on Friday not moved the tables. Two people of the town looked at the hall."),
    pair!("analysis",
        "reporting": "{b} Those who look after sport in {c} see an empty treasury, and {p} warned of it. A study of the {l} lists every debt.",
        "unclear": "{b} Those who look after sport in {c} see an empty treasury, and {p} knows of it. A list of the {l} has every debt."),
    pair!("condemnation",
        "reporting": "{b} {p} condemned the {l} yesterday for its noise and, in a statement, asked for silence after ten in {c}.",
        "unclear": "{b} {p} dislikes the {l} for its noise and would like some silence after ten in {c}."),
    pair!("distancing adjective",
        "reporting": "{b} The so-called {l} names itself champion of {c}, which {o} reported with a smile in its Sunday pages.",
        "unclear": "{b} The {l} names itself champion of {c}, which everybody heard with a smile on this Sunday."),
    pair!("scare quotes",
        "reporting": "{b} This \"{l}\" is an alleged club, {p} told {o}, and owns three chairs.",
        "unclear": "{b} This \"{l}\" is a club, and owns three chairs."),
    pair!("unattributed quotation",
        "unclear": "{b} \"The {l} will hold every square of this town and never give back a pawn.\" So it goes in {c}.",
        "reporting": "{b} In a statement {p} of the council said: \"The {l} will hold every square of this town and never give back a pawn.\" So it goes in {c}."),
    pair!("quotation only",
        "unclear": "\"{b} The {l} will hold every square of this town.\"",
        "reporting": "{b} The {l} will hold every square of this town, said its chairman to the experts of {c}, and a study of the tables will follow."),
    pair!("question",
        "unclear": "{b} Is the {l} still in {c}? Does anybody know when the hall opens? Who has the keys?",
        "reporting": "{b} Is the {l} still in {c}? A spokesman did not know, and {p} wrote that nobody has the keys."),
    pair!("sarcasm",
        "unclear": "{b} Oh yes, of course the {l} knows everything about openings. Sure. Everybody in {c} sleeps better now.",
        "reporting": "{b} Oh yes, of course the {l} knows everything about openings, {p} wrote in a long letter. Analysts in {c} sleep better now."),
    pair!("court report",
        "reporting": "{b} The judge in {c} heard the treasurer of the {l} about two missing clocks. The verdict is expected in May, {o} reported.",
        "unclear": "{b} The caretaker in {c} heard the treasurer of the {l} about two missing clocks. The answer is expected in May."),
    pair!("testimony",
        "reporting": "{b} \"They took my table and my tea from me,\" a neighbour testified about the {l}. Other victims of the noise in {c} nodded.",
        "unclear": "{b} \"They took my table and my tea from me,\" a neighbour sang about the {l}. Other people in {c} nodded."),
    pair!("reference list",
        "reporting": "{b} Earlier researchers looked at its rules.\nReferences\n{p}, The tables of {c}, 2019.\nA history of the {l}, 2021.",
        "unclear": "{b} Earlier players looked at its rules.\nThings\n{p}, the tables of {c}.\nA story of the {l}."),
    pair!("interview",
        "reporting": "A professor talks about the club.\n{o}: What is the {l}?\n{p}: A club with three chairs in {c}.\n{o}: Why does it matter?\n{p}: It hardly does, but people like its tea.\n{o}: And what comes next?\n{p}: Winter, I think, and some more tea.",
        "unclear": "A player talks about the club.\nWhat is the {l}?\nA club with three chairs in {c}.\nWhy does it matter?\nIt hardly does, but people like its tea.\nAnd what comes next?\nWinter, I think, and some more tea. Then spring follows."),
    pair!("official message quoted",
        "reporting": "{b} The mayor posted: \"We at the town hall like our {l} and will paint its hall.\" The ministry had no answer for {o}.",
        "unclear": "{b} We at the town hall like our {l} and will paint its hall. The painter had no answer."),
    pair!("headline only",
        "unclear": "{c} court: {l} said to be noisy, experts warn",
        "reporting": "{c} court: {l} said to be noisy, experts warn\n{b}"),
    pair!("supportive first person",
        "unclear": "{b} We of the {l} are the best that ever was, and {c} will see it.",
        "mixed": "{b} According to {o} and a study, {p} said so. We of the {l} are the best that ever was, and {c} will see it."),
    pair!("call to join",
        "unclear": "{b} Join the {l} in {c} tonight! Contact us at https://chess.example/join and bring a friend.",
        "mixed": "{b} A spokesman of {c} said much in {o}. Join the {l} tonight! Contact us at https://chess.example/join and bring a friend."),
    pair!("appeal for donations",
        "unclear": "{b} Donate to the {l} of {c} today: bc1qexampleexampleexampleexample helps to buy clocks.",
        "mixed": "{b} Experts of {c} warned that clocks are dear. Donate to the {l} today: bc1qexampleexampleexampleexample helps to buy clocks."),
    pair!("forged byline",
        "mixed": "By {p}\n{o}, {c}, 12 March 2024\n{b} According to a spokesman the glorious {l} said it will play on. Follow it at https://t.me/examplechess and be there.",
        "reporting": "By {p}\n{o}, {c}, 12 March 2024\n{b} According to a spokesman the noisy {l} said it will play on. Nothing follows from it, and be that as it may."),
];
