//! Chess boards of the invented league.

use crate::draw::{Point, hsv, mix_rgb, star};
use crate::picture::{Picture, Rgb};
use crate::prng::Prng;

/// What a board looks like.
pub(crate) struct Board {
    light: Rgb,
    dark: Rgb,
    white: Rgb,
    black: Rgb,
    /// By rank from the top and file from the left; true is white.
    pieces: [[Option<(Piece, bool)>; 8]; 8],
}

#[derive(Clone, Copy)]
enum Piece {
    Pawn,
    Rook,
    Knight,
    Bishop,
    Queen,
    King,
}

impl Board {
    /// A random position, from the opening to the end game.
    pub(crate) fn new(prng: &mut Prng) -> Self {
        const BACK: [Piece; 8] = [
            Piece::Rook,
            Piece::Knight,
            Piece::Bishop,
            Piece::Queen,
            Piece::King,
            Piece::Bishop,
            Piece::Knight,
            Piece::Rook,
        ];
        let hue = prng.unit();
        let mut pieces = [[None; 8]; 8];
        for file in 0..8 {
            pieces[0][file] = Some((BACK[file], false));
            pieces[1][file] = Some((Piece::Pawn, false));
            pieces[6][file] = Some((Piece::Pawn, true));
            pieces[7][file] = Some((BACK[file], true));
        }
        for _ in 0..prng.int(0, 90) {
            let mut any = || (prng.int(0, 7) as usize, prng.int(0, 7) as usize);
            let (from, to) = (any(), any());
            let keeps_kings = !matches!(pieces[to.0][to.1], Some((Piece::King, _)));
            if pieces[from.0][from.1].is_some() && keeps_kings && from != to {
                pieces[to.0][to.1] = pieces[from.0][from.1].take();
            }
        }
        Self {
            light: hsv(hue, prng.range(0.05, 0.3), prng.range(0.8, 0.98)),
            dark: hsv(
                hue + prng.range(-0.1, 0.1),
                prng.range(0.3, 0.7),
                prng.range(0.3, 0.6),
            ),
            white: [248, 246, 238],
            black: [24, 22, 26],
            pieces,
        }
    }
}

fn draw_piece(page: &mut Picture, piece: Piece, at: Point, cell: f32, fill: Rgb, edge: Rgb) {
    // Every piece twice: a little larger in the colour of its edge, then in its own.
    for (colour, grow) in [(edge, 0.035), (fill, 0.0)] {
        let g = cell * grow;
        let p = |x: f32, y: f32| (at.0 + cell * x, at.1 + cell * y);
        let bar = |page: &mut Picture, x: f32, y: f32, w: f32, h: f32| {
            let corner = p(x, y);
            page.rounded(
                (corner.0 - g, corner.1 - g),
                (cell * w + 2.0 * g, cell * h + 2.0 * g),
                cell * 0.04,
                colour,
            );
        };
        let body = |page: &mut Picture, top: f32, low: f32, y: f32| {
            let corners = [
                p(0.5 - top, y),
                p(0.5 + top, y),
                p(0.5 + low, 0.8),
                p(0.5 - low, 0.8),
            ];
            let grown: Vec<Point> = corners
                .iter()
                .map(|c| (c.0 + g * (c.0 - p(0.5, 0.0).0).signum(), c.1))
                .collect();
            page.polygon(&grown, colour);
        };
        bar(page, 0.22, 0.8, 0.56, 0.1);
        match piece {
            Piece::Pawn => {
                body(page, 0.07, 0.2, 0.4);
                page.disc(p(0.5, 0.36), cell * 0.13 + g, colour);
            }
            Piece::Rook => {
                body(page, 0.16, 0.22, 0.35);
                bar(page, 0.28, 0.24, 0.44, 0.14);
                for x in [0.28, 0.45, 0.62] {
                    bar(page, x, 0.16, 0.1, 0.12);
                }
            }
            Piece::Knight => {
                let head = [
                    (0.3, 0.8),
                    (0.36, 0.55),
                    (0.2, 0.5),
                    (0.24, 0.36),
                    (0.42, 0.26),
                    (0.46, 0.12),
                    (0.56, 0.22),
                    (0.72, 0.42),
                    (0.72, 0.8),
                ];
                let head: Vec<Point> = head.iter().map(|&(x, y)| p(x, y)).collect();
                page.polygon(&head, colour);
                if grow > 0.0 {
                    let mut ring = head.clone();
                    ring.push(head[0]);
                    page.polyline(&ring, 2.0 * g, colour);
                } else {
                    page.disc(p(0.42, 0.36), cell * 0.03, edge);
                }
            }
            Piece::Bishop => {
                body(page, 0.06, 0.2, 0.5);
                page.polygon(
                    &[
                        p(0.5, 0.14 - grow),
                        p(0.66 + grow, 0.42),
                        p(0.5, 0.58 + grow),
                        p(0.34 - grow, 0.42),
                    ],
                    colour,
                );
                page.disc(p(0.5, 0.14), cell * 0.045 + g, colour);
            }
            Piece::Queen => {
                body(page, 0.12, 0.22, 0.5);
                page.polygon(&star(p(0.5, 0.4), cell * 0.26 + g, 7, 0.55, 0.0), colour);
                page.disc(p(0.5, 0.14), cell * 0.05 + g, colour);
            }
            Piece::King => {
                body(page, 0.2, 0.24, 0.4);
                bar(page, 0.28, 0.34, 0.44, 0.1);
                bar(page, 0.47, 0.08, 0.06, 0.28);
                bar(page, 0.38, 0.15, 0.24, 0.06);
            }
        }
    }
}

/// Draws a board with its upper left corner at `at`.
pub(crate) fn draw_board(page: &mut Picture, board: &Board, at: Point, side: f32) {
    let cell = side / 8.0;
    let edge = |start: f32, k: usize| (start + cell * k as f32).round() as i32;
    for rank in 0..8 {
        for file in 0..8 {
            let colour = if (rank + file) % 2 == 0 {
                board.light
            } else {
                board.dark
            };
            let (x, y) = (edge(at.0, file), edge(at.1, rank));
            page.fill_rect(x, y, edge(at.0, file + 1) - x, edge(at.1, rank + 1) - y, colour);
            if let Some((piece, white)) = board.pieces[rank][file] {
                let (fill, rim) = if white {
                    (board.white, board.black)
                } else {
                    (board.black, board.white)
                };
                let rim = mix_rgb(rim, fill, 0.25);
                draw_piece(
                    page,
                    piece,
                    (at.0 + cell * file as f32, at.1 + cell * rank as f32),
                    cell,
                    fill,
                    rim,
                );
            }
        }
    }
}

/// A diagram of a position with a plain border.
pub(super) fn board(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1050);
    let board = Board::new(&mut prng);
    let ground = mix_rgb(board.dark, [0, 0, 0], prng.range(0.2, 0.8));
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let side = w.min(h) * prng.range(0.86, 1.0);
    draw_board(&mut page, &board, ((w - side) / 2.0, (h - side) / 2.0), side);
    page
}
