//! Areas that are sound, that are mended, and that are refused.

use super::*;

fn ring(positions: &[(f64, f64)]) -> Vec<Position> {
    positions.iter().map(|(x, y)| Position(Coord { x: *x, y: *y })).collect()
}

fn square(west: f64, south: f64, side: f64) -> Vec<Position> {
    let (east, north) = (west + side, south + side);
    ring(&[(west, south), (east, south), (east, north), (west, north), (west, south)])
}

fn reversed(mut ring: Vec<Position>) -> Vec<Position> {
    ring.reverse();
    ring
}

#[track_caller]
fn refused(rings: Rings) -> String {
    outline(rings, false).map(|_| ()).expect_err("a fault").join("; ")
}

#[test]
fn a_sound_area_stays_as_it_is() {
    let rings = vec![vec![square(-2.0, 53.0, 1.0), reversed(square(-1.75, 53.25, 0.5))], vec![square(0.0, 53.0, 1.0)]];
    let sound = outline(rings.clone(), false).expect("an outline");
    assert_eq!(sound.shape, polygons(rings));
    assert!(sound.repairs.is_empty(), "{:?}", sound.repairs);
}

#[test]
fn rings_that_run_the_wrong_way_are_turned() {
    let wrong = vec![vec![reversed(square(-2.0, 53.0, 1.0)), square(-1.75, 53.25, 0.5)]];
    let turned = outline(wrong, false).expect("an outline");
    assert_eq!(turned.repairs, BTreeSet::from([Repair::Winding]));
    let polygon = &turned.shape.0[0];
    assert!(polygon.exterior().is_ccw() && polygon.interiors()[0].is_cw());
    assert!((turned.shape.unsigned_area() - 0.75).abs() < 1e-9);
}

#[test]
fn open_rings_are_refused_together() {
    let open = ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-2.0, 54.0)]);
    let short = ring(&[(0.0, 53.0), (1.0, 53.0)]);
    let refusal = refused(vec![vec![open], vec![square(0.0, 53.0, 1.0), short]]);
    assert!(refusal.contains("an open ring (polygon 1, ring 1): it begins at -2,53 and ends at -2,54"), "{refusal}");
    assert!(refusal.contains("an open ring (polygon 2, ring 2)"), "{refusal}");
}

#[test]
fn collapsed_rings_are_left_out_and_told() {
    let there_and_back = || ring(&[(-1.5, 53.2), (-1.4, 53.3), (-1.5, 53.2)]);
    let point = || ring(&[(-1.5, 53.2); 4]);
    let line = || ring(&[(-1.5, 53.2), (-1.4, 53.3), (-1.3, 53.4), (-1.5, 53.2)]);
    for collapsed in [there_and_back(), point(), line(), Vec::new(), square(-1.5, 53.5, 1e-7)] {
        // As a hole, and as a shell.
        for rings in [
            vec![vec![square(-2.0, 53.0, 1.0), collapsed.clone()]],
            vec![vec![square(-2.0, 53.0, 1.0)], vec![collapsed.clone()]],
        ] {
            let kept = outline(rings, false).expect("an outline");
            assert_eq!(kept.repairs, BTreeSet::from([Repair::Collapsed]), "{collapsed:?}");
            assert_eq!(kept.shape, polygons(vec![vec![square(-2.0, 53.0, 1.0)]]));
        }
        assert!(refused(vec![vec![collapsed]]).contains("no extent"));
    }
    // What the hole is in has collapsed: nobody knows what was meant.
    assert!(!refused(vec![vec![square(-2.0, 53.0, 1.0)], vec![line(), square(0.0, 53.0, 0.5)]]).is_empty());
}

#[test]
fn parts_that_touch_in_a_point_or_along_an_edge_stay_as_they_are() {
    let shell = || square(-2.0, 53.0, 1.0);
    for (touching, area) in [
        // At a corner of both; at a corner of one; along an edge; along a part of an edge.
        (vec![vec![shell()], vec![square(-1.0, 54.0, 0.5)]], 1.25),
        (vec![vec![shell()], vec![ring(&[(-1.0, 53.5), (-0.5, 53.25), (-0.5, 53.75), (-1.0, 53.5)])]], 1.125),
        (vec![vec![shell()], vec![square(-1.0, 53.0, 1.0)]], 2.0),
        (vec![vec![shell()], vec![square(-1.0, 53.25, 0.5)]], 1.25),
        // A hole at a corner of its shell, with a corner at an edge, and along an edge.
        (vec![vec![shell(), reversed(ring(&[(-2.0, 53.0), (-1.5, 53.25), (-1.75, 53.5), (-2.0, 53.0)]))]], 0.90625),
        (vec![vec![shell(), reversed(ring(&[(-2.0, 53.5), (-1.5, 53.25), (-1.5, 53.75), (-2.0, 53.5)]))]], 0.875),
        (vec![vec![shell(), reversed(square(-2.0, 53.25, 0.5))]], 0.75),
        // Holes that touch each other, and an island that fills its hole.
        (vec![vec![shell(), reversed(square(-1.875, 53.25, 0.25)), reversed(square(-1.625, 53.25, 0.25))]], 0.875),
        (vec![vec![shell(), reversed(square(-1.75, 53.25, 0.5))], vec![square(-1.75, 53.25, 0.5)]], 1.0),
    ] {
        let sound = outline(touching.clone(), false).unwrap_or_else(|faults| panic!("{faults:?}: {touching:?}"));
        assert!(sound.repairs.is_empty(), "{:?}: {touching:?}", sound.repairs);
        assert_eq!(sound.shape, polygons(touching));
        assert!((sound.shape.unsigned_area() - area).abs() < 1e-9, "{}", sound.shape.unsigned_area());
    }
    // A ring that touches itself where it has a corner on its own edge.
    let pinched = ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-1.5, 53.0), (-2.0, 54.0), (-2.0, 53.0)]);
    let sound = outline(vec![vec![pinched]], false).expect("an outline");
    assert!(sound.repairs.is_empty() && (sound.shape.unsigned_area() - 0.5).abs() < 1e-9);
}

#[test]
fn slips_up_to_a_ten_thousandth_of_the_area_are_mended_and_larger_ones_refused() {
    // A second part that reaches into the first one by this much of a degree, along one degree.
    let overlapping = |depth: f64| {
        let second =
            ring(&[(-1.0 - depth, 53.0), (0.0, 53.0), (0.0, 54.0), (-1.0 - depth, 54.0), (-1.0 - depth, 53.0)]);
        outline(vec![vec![square(-2.0, 53.0, 1.0)], vec![second]], false)
    };
    let mended = overlapping(0.000_1).expect("an outline");
    assert_eq!(mended.repairs, BTreeSet::from([Repair::Crossing]));
    assert_eq!((defect(&mended.shape), mended.shape.0.len()), (None, 1));
    assert!((mended.shape.unsigned_area() - 2.0).abs() < 1e-9);
    assert!(overlapping(0.000_4).is_err());
    // A hole that reaches beyond its shell.
    let beyond = |depth: f64| {
        let hole = reversed(ring(&[
            (-1.5, 53.25),
            (-1.0 + depth, 53.25),
            (-1.0 + depth, 53.75),
            (-1.5, 53.75),
            (-1.5, 53.25),
        ]));
        outline(vec![vec![square(-2.0, 53.0, 1.0), hole]], false)
    };
    let mended = beyond(0.000_1).expect("an outline");
    assert_eq!((mended.repairs, defect(&mended.shape)), (BTreeSet::from([Repair::Crossing]), None));
    assert!((mended.shape.unsigned_area() - 0.75).abs() < 1e-9, "{}", mended.shape.unsigned_area());
    assert!(beyond(0.001).is_err());
    // A spike: the ring runs out and back along itself.
    let spike =
        ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-1.0, 54.5), (-1.0, 54.0), (-2.0, 54.0), (-2.0, 53.0)]);
    let mended = outline(vec![vec![spike]], false).expect("an outline");
    assert_eq!(mended.repairs, BTreeSet::from([Repair::Crossing]));
    assert!((mended.shape.unsigned_area() - 1.0).abs() < 1e-9);
}

#[test]
fn the_latitude_may_come_first_where_the_file_says_so() {
    let swapped = || reversed(square(53.0, -2.0, 1.0));
    let read = outline(vec![vec![swapped()]], true).expect("an outline");
    assert!(read.repairs.contains(&Repair::Axes), "{:?}", read.repairs);
    assert!((read.shape.unsigned_area() - 1.0).abs() < 1e-9 && read.shape.0[0].exterior().is_ccw());
    assert_eq!(crate::registry::boundaries::shape::bounds(&read.shape).west, -2.0);
    // Most programs have the longitude first all the same.
    let usual = outline(vec![vec![square(-2.0, 53.0, 1.0)]], true).expect("an outline");
    assert!(usual.repairs.is_empty());
    assert!(refused(vec![vec![swapped()]]).contains("swapped"));
}

#[test]
fn a_ring_that_crosses_itself_is_refused_and_says_where() {
    let eight = ring(&[(-2.0, 53.0), (-1.0, 54.0), (-1.0, 53.0), (-2.0, 54.0), (-2.0, 53.0)]);
    assert!(refused(vec![vec![eight]]).contains("crosses itself near -1.5,53.5"));
    let at_a_corner =
        ring(&[(-2.0, 53.0), (-1.5, 53.5), (-1.0, 54.0), (-1.0, 53.0), (-1.5, 53.5), (-2.0, 54.0), (-2.0, 53.0)]);
    assert!(refused(vec![vec![at_a_corner]]).contains("at a corner"));
    // A spike: there and back the same way.
    let spike = ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-1.0, 53.0), (-2.0, 53.0)]);
    assert!(!refused(vec![vec![spike]]).is_empty());
}

#[test]
fn polygons_that_overlap_and_holes_outside_are_refused() {
    assert!(refused(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(-1.75, 53.25, 0.5)]]).contains("overlap"));
    assert!(refused(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(-1.5, 53.5, 1.0)]]).contains("crosses itself"));
    assert!(refused(vec![vec![square(-2.0, 53.0, 1.0), square(0.0, 53.0, 1.0)]]).contains("hole outside"));
}

#[test]
fn a_small_crossing_is_repaired() {
    // At the end, two edges of a few metres cross.
    let slip = ring(&[
        (-2.0, 53.0),
        (-1.0, 53.0),
        (-1.0, 54.0),
        (-1.5, 54.0),
        (-1.5001, 54.0001),
        (-1.5, 54.0001),
        (-1.5001, 54.0),
        (-2.0, 54.0),
        (-2.0, 53.0),
    ]);
    let repaired = outline(vec![vec![slip]], false).expect("an outline");
    assert_eq!(repaired.repairs, BTreeSet::from([Repair::Crossing]));
    assert_eq!(defect(&repaired.shape), None);
    assert!((repaired.shape.unsigned_area() - 1.0).abs() < 1e-6);
}

#[test]
fn what_lies_elsewhere_says_why_it_seems_to() {
    let swapped = reversed(square(53.0, -2.0, 1.0));
    assert!(refused(vec![vec![swapped]]).contains("swapped"));
    assert!(refused(vec![vec![square(390_000.0, 400_000.0, 10_000.0)]]).contains("EPSG:27700"));
    assert!(refused(vec![vec![square(2.0, 48.0, 1.0)]]).contains("beyond the United Kingdom"));
}

#[test]
fn specks_are_left_out_and_nothing_but_specks_is_no_area() {
    let kept = outline(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(0.0, 53.0, 1e-7)]], false).expect("an outline");
    assert_eq!((kept.shape.0.len(), kept.repairs), (1, BTreeSet::from([Repair::Collapsed])));
    assert!(refused(vec![vec![square(0.0, 53.0, 1e-7)]]).contains("no extent"));
}
