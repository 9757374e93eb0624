// Package show prints results, dead letters and checks for people.
//
// Whatever comes from an article or a model is untrusted: control characters,
// with which a text could steer the terminal, are removed before it is printed.
package show
