//! Triage as a WebAssembly module. The core does no I/O and reads no clock, so the module imports nothing.
//!
//! A host calls `alloc` for each of its two inputs, writes the bytes, and calls `triage`. `run.mjs` shows how.
//! `.ci/platforms` builds the module and runs it.

use acceptance_ledger::{AnyCandidate, OwnerRequests, ResponseDocument, Surfaces};
use serde_json::{Value, json};

/// Reserves memory for an input. `free` releases it.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Releases an input or a result.
///
/// # Safety
///
/// `start` and `length` are from one call of `alloc` or `triage`, and are released only once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(start: *mut u8, length: usize) {
    // SAFETY: `alloc` and `triage` return boxed slices of exactly this length. The caller passes each one only once.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(start, length)) });
}

/// Triages an answer. The result is JSON: the lane and the findings, or an error. Its high 32 bits are the address, its
/// low 32 bits are the length.
///
/// # Safety
///
/// Both inputs are from `alloc`, with their lengths, and are not yet released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn triage(
    requests: *const u8,
    requests_length: usize,
    answer: *const u8,
    answer_length: usize,
) -> u64 {
    // SAFETY: `alloc` set every byte of both inputs, and nobody writes to them during this call.
    let (requests, answer) = unsafe {
        (
            std::slice::from_raw_parts(requests, requests_length),
            std::slice::from_raw_parts(answer, answer_length),
        )
    };
    let result = judged(requests, answer).unwrap_or_else(|error| json!({"error": error}));
    let result = Box::leak(result.to_string().into_bytes().into_boxed_slice());
    // Addresses and lengths of wasm32 have 32 bits.
    ((result.as_ptr() as u64) << 32) | result.len() as u64
}

/// Returns what `triage --format json` prints about an answer, except its file name and the hints.
fn judged(requests: &[u8], answer: &[u8]) -> Result<Value, String> {
    let requests = OwnerRequests::parse(requests).map_err(|error| error.to_string())?;
    let surfaces = Surfaces::of(&requests);
    let response = ResponseDocument::parse(answer).map_err(|error| error.to_string())?;
    let surface = response.candidate_id().and_then(|id| surfaces.of_candidate(id));
    let surface = surface.ok_or("the answer names no candidate of the owner requests")?;
    let candidate: AnyCandidate =
        AnyCandidate::new(surface.clone()).receive(&surfaces, &response).into();
    let findings = candidate.findings().iter().map(|finding| {
        let characters = finding.characters();
        json!({
            "check": finding.check(),
            "lane": finding.lane(),
            "field": finding.field(),
            "problem": finding.problem(),
            "message": finding.message(),
            "start": characters.as_ref().map(|range| range.start),
            "end": characters.as_ref().map(|range| range.end),
        })
    });
    Ok(json!({
        "acceptance_candidate_id": surface.candidate_id(),
        "lane": candidate.lane(),
        "findings": findings.collect::<Vec<_>>(),
    }))
}
