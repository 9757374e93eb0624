package llm

import (
	"fmt"
	"io"
)

// hidden is what every way of printing a non-empty Secret shows.
const hidden = "[hidden]"

// Secret is a string that no formatting verb, JSON or YAML encoder and no
// logger prints. Only [Secret.Reveal] gives the text. The zero value is "no
// secret" and prints as the empty string.
type Secret string

// Reveal returns the text itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format hides the text from every verb: fmt asks String only for some of them,
// and prints the raw value for the others (%d, for one).
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String())
}

// MarshalText hides the text from encoders that ask for text (YAML, flags).
// As the key of a JSON map a Secret would be printed: encoding/json asks no
// string type there.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON hides the text from JSON and from loggers that encode by it.
func (s Secret) MarshalJSON() ([]byte, error) {
	return []byte(`"` + s.String() + `"`), nil
}
