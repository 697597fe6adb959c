//! Property 14: no program outside the crate can build a state, an open gate or a record.

/// Each program in `tests/cheats` tries one way to cheat. The compiler must reject it with the expected error.
///
/// The example must compile with the same set-up. This shows that no cheat fails because of the set-up.
#[test]
fn no_program_outside_the_crate_can_cheat() {
    let programs = trybuild::TestCases::new();
    programs.pass("examples/embed.rs");
    programs.compile_fail("tests/cheats/*.rs");
    if cfg!(feature = "proptest") {
        programs.compile_fail("tests/cheats/with_every_feature/*.rs");
    }
}
