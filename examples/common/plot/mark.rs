//! Lines and points, in plots and in legends.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::RGBColor;

use super::figure::{INK, px};

/// How a series of points is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A line through the points.
    Line,
    /// A dashed line through the points.
    Dashes,
    /// A filled circle at each point.
    Points,
}

/// Length of dashes and of the gaps between them, in nominal pixels.
const DASH: [f64; 2] = [6.0, 4.0];
const LINE_WIDTH: f64 = 2.0;

impl Mark {
    /// The elements that show `points`, in any coordinates.
    pub fn elements<'a, DB, At>(
        self,
        points: Vec<At>,
        colour: RGBColor,
    ) -> Vec<DynElement<'a, DB, At>>
    where
        DB: DrawingBackend,
        At: Clone + 'a,
    {
        let line = colour.stroke_width(px(LINE_WIDTH));
        match self {
            Mark::Line => vec![PathElement::new(points, line).into_dyn()],
            Mark::Dashes => {
                let [dash, gap] = DASH.map(px);
                vec![DashedPathElement::new(points, dash, gap, line).into_dyn()]
            }
            Mark::Points => points
                .into_iter()
                .flat_map(|at| circle(at, colour).map(IntoDynElement::into_dyn))
                .collect(),
        }
    }
}

/// A filled circle with a dark edge, as two circles one over the other.
pub fn circle<At: Clone>(at: At, fill: RGBColor) -> [Circle<At, u32>; 2] {
    let edge = Circle::new(at.clone(), px(4.4), INK.filled());
    [edge, Circle::new(at, px(3.5), fill.filled())]
}
