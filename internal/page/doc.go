// Package page writes the results of a run as one HTML page for reading: the
// English beside its source, with what the checks found marked in both.
//
// The page is one file that loads nothing, and a content security policy in it
// sees to that: it may run its own script and nothing else. Whatever comes from
// an article or a model is untrusted and gets in as text only.
//
// A browser that shows ten thousand articles at once is of no use to anyone. The
// first cards are plain HTML, each of the others stands in a noscript element:
// one node for a browser that runs the script, which makes cards of them as they
// are scrolled to, and ordinary HTML for one that does not.
package page
