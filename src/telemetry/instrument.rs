//! How a catalogue of metrics becomes registered instruments: the doc line of each is its help text.

use prometheus::core::Collector;
use prometheus::{
    Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, Result,
};

/// Turns `/// Help.` `name: Kind, [labels] or BUCKETS;` lines into the struct `Series` of instruments and the list `CATALOGUE`.
macro_rules! catalogue {
    ($( #[doc = $help:literal] $name:ident: $kind:ident $(, $shape:expr)?; )+) => {
        struct Series { $( #[doc = $help] $name: $kind, )+ }

        impl Series {
            fn register(registry: &Registry) -> prometheus::Result<Series> {
                Ok(Series { $( $name: instrument::register(registry, concat!("exdate_", stringify!($name)), $help, ($(&$shape)?))?, )+ })
            }
        }

        /// Name and help of every metric, in the order of their definition.
        pub const CATALOGUE: &[(&str, &str)] = &[ $( (concat!("exdate_", stringify!($name)), $help.trim_ascii()), )+ ];
    };
}
pub(super) use catalogue;

/// A kind of metric, made from its name, help, and what else its kind needs: label names, buckets, or nothing.
pub(super) trait Instrument<Shape>: Collector + Clone + Sized + 'static {
    fn make(name: &str, help: &str, shape: Shape) -> Result<Self>;
}

/// Makes an instrument and shows it on the page.
pub(super) fn register<Shape, I: Instrument<Shape>>(
    registry: &Registry,
    name: &str,
    help: &str,
    shape: Shape,
) -> Result<I> {
    let instrument = I::make(name, help.trim_ascii(), shape)?;
    registry.register(Box::new(instrument.clone()))?;
    Ok(instrument)
}

impl<const N: usize> Instrument<&[&str; N]> for IntCounterVec {
    fn make(name: &str, help: &str, labels: &[&str; N]) -> Result<Self> {
        IntCounterVec::new(Opts::new(name, help), labels)
    }
}

impl<const N: usize> Instrument<&[&str; N]> for IntGaugeVec {
    fn make(name: &str, help: &str, labels: &[&str; N]) -> Result<Self> {
        IntGaugeVec::new(Opts::new(name, help), labels)
    }
}

impl Instrument<&&[f64]> for Histogram {
    fn make(name: &str, help: &str, buckets: &&[f64]) -> Result<Self> {
        Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))
    }
}

impl Instrument<()> for Gauge {
    fn make(name: &str, help: &str, (): ()) -> Result<Self> {
        Gauge::new(name, help)
    }
}

impl Instrument<()> for IntGauge {
    fn make(name: &str, help: &str, (): ()) -> Result<Self> {
        IntGauge::new(name, help)
    }
}

impl Instrument<()> for IntCounter {
    fn make(name: &str, help: &str, (): ()) -> Result<Self> {
        IntCounter::new(name, help)
    }
}
