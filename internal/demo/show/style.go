package show

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Style says how to print to one output. The zero value is plain text of the
// default width.
type Style struct {
	Color bool
	Width int // in columns; 0 means [DefaultWidth]
}

// DefaultWidth is the width of what is no terminal, and the greatest of what
// is one: longer lines are hard to read.
const DefaultWidth = 96

const minWidth = 40

// For looks at the output: colors and its width only for a terminal, colors
// only without NO_COLOR (https://no-color.org).
func For(w io.Writer, lookup func(string) (string, bool)) Style {
	if !IsTerminal(w) {
		return Style{}
	}
	s := Style{Color: true}
	if value, found := lookup("NO_COLOR"); found && value != "" {
		s.Color = false
	}
	if value, _ := lookup("TERM"); value == "dumb" {
		s.Color = false
	}
	if file, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			s.Width = max(minWidth, min(width, DefaultWidth))
		}
	}
	return s
}

// IsTerminal reports whether a reader or writer is a terminal.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

func (s Style) paint(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold and its neighbours color a text where the output takes colors.
func (s Style) Bold(text string) string { return s.paint("1", text) }

// Dim is for what is there to be looked up.
func (s Style) Dim(text string) string { return s.paint("2", text) }

// Red is for what failed.
func (s Style) Red(text string) string { return s.paint("31", text) }

// Green is for what is well.
func (s Style) Green(text string) string { return s.paint("32", text) }

// Yellow is for what needs a look.
func (s Style) Yellow(text string) string { return s.paint("33", text) }

// Clean removes what could steer a terminal: control characters but for line
// breaks, and the invisible ones that change the direction of text.
func Clean(text string) string {
	if !strings.ContainsFunc(text, steers) && utf8.ValidString(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case steers(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

func steers(r rune) bool {
	return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// Line is Clean for one line.
func Line(text string) string { return strings.ReplaceAll(Clean(text), "\n", " ") }

// Clip shortens a line to so many characters.
func Clip(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// Wrap breaks text into lines of the style's width, each behind indent.
func (s Style) Wrap(text, indent string) string {
	width := s.Width
	if width == 0 {
		width = DefaultWidth
	}
	width -= utf8.RuneCountInString(indent)
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(Clean(text)), "\n") {
		column := 0
		for word := range strings.FieldsSeq(paragraph) {
			length := utf8.RuneCountInString(word)
			switch {
			case column == 0:
				b.WriteString(indent)
			case column+1+length > width:
				b.WriteString("\n" + indent)
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += length
		}
		b.WriteByte('\n')
	}
	return b.String()
}
