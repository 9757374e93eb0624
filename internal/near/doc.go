// Package near finds near copies: the same wire story as several sites carry it,
// under another title, with another dateline, without its last paragraph.
//
// It is made to err on one side. A copy that is missed costs a call; an article
// that is wrongly taken for a copy gets another article's summary. So every
// sentence of a copy must stand, word for word, in its original: a corrected
// number, another name or a "not" makes an article its own. What may differ is
// what is no news: spacing, punctuation, diacritics, the spelling of hamza and the
// like, paragraph breaks, the title, an agency's name in dateline or sign-off, and
// whole sentences that the copy leaves out.
//
// Articles are compared by 48-bit marks of their sentences and never by guess, so
// that nothing of their text is kept.
package near
