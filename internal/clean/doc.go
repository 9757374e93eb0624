// Package clean turns what a scraper delivers, plain text or a page, into the article alone:
// numbered paragraphs of valid, normalised text, with a list of all that was taken out.
//
// It is pure, deterministic and offline. The data path:
//
//	Text ──> decode ──> markup, mojibake ──> Unicode ──> lines ──┐
//	         (UTF-8, UTF-16, BOM, binary?)                       ├─> split ──> residue ──> paragraphs
//	HTML ──> charset ──> extract (or stream, when too deep) ─────┘             (listed)
//
// Rules that hold everywhere:
//   - Article text is never removed silently. A line is residue only if it is short, stands alone
//     and opens with (or is) a known phrase; most phrases count only before the first or after
//     the last real paragraph. When in doubt, it stays.
//   - Cleaning what has been cleaned changes nothing: a text that was damaged or marked up goes
//     through the stages again until it stays as it is.
//   - Text is kept for display as written (tatweel, diacritics, digits). Normalize gives the form
//     for comparing.
package clean
