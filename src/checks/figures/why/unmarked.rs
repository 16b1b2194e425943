//! The word of the file that gives unmarked lines another code.

use crate::checks::figures::compared::{Figures, recoded};
use crate::mapping::{TaxBecause, Unmarked};
use crate::model::{InvoiceDraft, LineDraft, LineKind};

/// How to give kinds of lines another word. One that suits this invoice alone would hold its neighbours, whose lines of the
/// kind are taxed otherwise: where the sums prove what each line is, that is the word.
pub(super) fn unmarked(
    f: &Figures<'_>,
    whole: &InvoiceDraft,
    words: &[(LineKind, Unmarked)],
) -> String {
    let proved: Vec<_> = (words.iter())
        .map(|(kind, _)| (*kind, Unmarked::Proved))
        .collect();
    let words = match is_provable(f, whole, words) {
        true => proved.as_slice(),
        false => words,
    };
    format!(
        "set `unmarked: {}` under `tax:` in mappings/{}.yaml; then `crossfoot retry TENANT NUMBER`",
        f.mapping.tax.unmarked.written(words),
        f.mapping.tenant
    )
}

/// Whether the sums prove the codes of the unmarked lines of some kinds.
fn is_provable(f: &Figures<'_>, whole: &InvoiceDraft, words: &[(LineKind, Unmarked)]) -> bool {
    let (taxable, zero) = (f.mapping.taxable_code(), f.mapping.zero_tax_code());
    if taxable.is_empty() || zero.is_empty() || f.mapping.stated_tax(f.source).is_none() {
        return false;
    }
    let left = |l: &LineDraft| {
        let because = f.because(l).map(|(b, ..)| b);
        let of_kind = words.iter().any(|(kind, _)| *kind == l.kind);
        of_kind && matches!(because, Some(TaxBecause::Unmarked(_)))
    };
    let all = whole.lines.iter().enumerate();
    let open: Vec<usize> = (all.filter(|(_, l)| left(l) || f.is_open(l)))
        .map(|(n, _)| n)
        .collect();
    let base = recoded(whole, &open, zero);
    f.agrees(&mut base.clone()) || f.choices(&base, &open, taxable).len() == 1
}
