// Package archive reads articles from files, one row after the other, in
// constant memory: an archive of a million articles is read as it is needed.
//
// A row that cannot be read is a [*RowError] with its place and the cause, and
// reading goes on behind it. Any other error is of the input as a whole (it
// cannot be opened, or ends in the middle of a compressed stream) and ends the
// reading; the rows before it have been handed out.
package archive
