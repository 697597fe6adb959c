use acceptance_ledger::{AnyCandidate, Dossier, History, Surface, Surfaces};

fn cheat(surface: Surface, surfaces: &Surfaces, dossier: &Dossier) -> AnyCandidate {
    History::replay(surface, surfaces, dossier).into_candidate()
}

fn main() {}
