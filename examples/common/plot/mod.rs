//! Pictures as PNG and SVG, without any font of the system.

mod axis;
mod boundary;
mod chart;
mod colour;
mod figure;
mod frame;
mod grid;
mod images;
mod legend;
mod mark;
mod plane;
mod raster;
mod regions;
mod save;

pub use axis::Scale;
pub use boundary::DecisionBoundary;
pub use chart::{Chart, Series};
pub use colour::{AMBER, BLUE, GREEN, GREY, PALE, RED};
pub use figure::Figure;
pub use images::{Image, Images};
pub use mark::Mark;
pub use regions::ClassRegions;
pub use save::save;
