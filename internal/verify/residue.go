package verify

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// sitePhrases are prompts of web pages to their reader; none belongs in a
// summary. Own compilation.
var sitePhrases = [...]string{
	"subscribe to our", "subscribe now", "sign up for our", "sign up to our", "click here", "read also:",
	"share this article", "share on facebook", "share on twitter", "follow us on", "all rights reserved",
	"cookie policy", "continue reading", "log in to", "read more:", "join our channel", "join our telegram",
	"download our app", "related articles",
}

// jsonMarks betray a piece of the answer's own encoding inside a field.
var jsonMarks = [...]string{`"summary":`, `"headline":`, `"key_points"`, `"translation":`, `"source_paragraphs"`, `"text":`, `{"`, `\"`, `\n`, `\u0`}

// checkResidue finds what is no prose: markup, encoding, page furniture, and
// addresses that the source does not have.
func checkResidue(p *Prepared, _ *Output, fields []field, lim Limits) []Check {
	var found []Check
	prompting := present(fields, sitePhrases[:])
	for i := range fields {
		f := &fields[i]
		add := func(start, end int, what string) {
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(start, end),
				Detail: fmt.Sprintf("The %s contains %s: %q.", fieldNoun(f.name), what, f.span(start, end).Text),
			})
		}
		for _, s := range prompting {
			if at := findWord(f.lower, s); at >= 0 {
				add(at, at+len(s), "a prompt of the web page")
			}
		}
		if strings.ContainsAny(f.text, `{\`) || strings.Contains(f.text, `":`) {
			for _, s := range jsonMarks {
				if at := strings.Index(f.lower, s); at >= 0 {
					add(at, at+len(s), "a piece of JSON")
					break
				}
			}
		}
		if start, end := findMarkup(f.text); end > 0 {
			add(start, end, "markup")
		}
		if start, end := findMarkdown(f.text, lim.Style == "bullets"); end > 0 {
			add(start, end, "Markdown")
		}
		if start, end := findControl(f.text); end > 0 {
			add(start, end, "characters that are no text")
		}
		found = appendAddresses(found, p, f)
		if len(found) > 4*maxFindings {
			break
		}
	}
	return found
}

// maxTag bounds the length of what is looked at as one HTML tag.
const maxTag = 200

// findMarkup finds the first HTML tag, comment or character reference.
func findMarkup(s string) (start, end int) {
	for i := 0; i < len(s); i++ {
		at := strings.IndexAny(s[i:], "<&")
		if at < 0 {
			break
		}
		i += at
		rest := s[i+1 : min(len(s), i+maxTag)]
		if rest == "" {
			break
		}
		c := rest[0] | 0x20
		if s[i] == '<' && (c >= 'a' && c <= 'z' || rest[0] == '/' || rest[0] == '!') {
			if n := strings.IndexAny(rest, "><"); n > 0 && rest[n] == '>' {
				return i, i + n + 2
			}
		}
		if s[i] == '&' && (c >= 'a' && c <= 'z' || rest[0] == '#') {
			if n := strings.IndexAny(rest, "; "); n > 1 && n < 9 && rest[n] == ';' {
				return i, i + n + 2
			}
		}
	}
	return 0, 0
}

// findMarkdown finds the first sign of Markdown: fences, bold, links, and at
// the beginning of a line headings and, unless they are wanted, bullets.
func findMarkdown(s string, bullets bool) (start, end int) {
	if strings.ContainsAny(s, "`*]_") {
		for _, mark := range [...]string{"```", "**", "](", "__"} {
			if at := strings.Index(s, mark); at >= 0 {
				return at, at + len(mark)
			}
		}
	}
	for at := 0; at < len(s); {
		line := s[at:]
		for _, mark := range [...]string{"# ", "## ", "### ", "> ", "---", "| "} {
			if strings.HasPrefix(line, mark) {
				return at, at + len(mark)
			}
		}
		if !bullets {
			for _, mark := range [...]string{"- ", "* ", "• "} {
				if strings.HasPrefix(line, mark) {
					return at, at + len(mark)
				}
			}
		}
		n := strings.IndexByte(line, '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return 0, 0
}

// findControl finds the first control character, replacement character or
// invalid byte.
func findControl(s string) (start, end int) {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || r < 0x20 || r >= 0x7f && r < 0xa0 {
			return i, i + size
		}
		i += size
	}
	return 0, 0
}

// appendAddresses finds web and mail addresses that the source does not have.
func appendAddresses(found []Check, p *Prepared, f *field) []Check {
	for _, mark := range [...]string{"://", "www.", "t.me/", "@"} {
		at := strings.Index(f.lower, mark)
		if at < 0 {
			continue
		}
		start := strings.LastIndexAny(f.lower[:at], " \n\t(<\"") + 1
		end := at + len(mark)
		if n := strings.IndexAny(f.lower[end:], " \n\t)>\",;"); n >= 0 {
			end += n
		} else {
			end = len(f.lower)
		}
		address := strings.TrimRight(f.lower[start:end], ".!?:")
		if mark == "@" && (start == at || !strings.Contains(address[min(at-start, len(address)):], ".")) {
			continue // "@name" and "5 @ 3" are no mail addresses
		}
		if address == "" || p.containsAnyCase(address) {
			continue
		}
		return append(found, Check{
			Verdict: Fail, OutputSpan: f.span(start, start+len(address)),
			Detail: fmt.Sprintf("The %s gives an address that the source does not have.", fieldNoun(f.name)),
		})
	}
	return found
}
