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
	"download our app", "related articles", "promo code", "discount code", "buy now", "order now", "click the link",
}

// jsonMarks betray a piece of the answer's own encoding inside a field.
var jsonMarks = [...]string{`"summary":`, `"headline":`, `"key_points"`, `"translation":`, `"source_paragraphs"`, `"text":`, `{"`, `\"`, `\n`, `\u0`}

// checkResidue finds what is no prose: markup, encoding, page furniture, and
// addresses. A translation keeps those that the source has; a summary has none,
// since what a page wants to be clicked or called is no news.
func checkResidue(p *Prepared, out *Output, fields []field, lim Limits) []Check {
	var found []Check
	prompts := having(fields, sitePhrases[:])
	for i := range fields {
		f := &fields[i]
		add := func(start, end int, what string) {
			found = append(found, Check{
				Verdict: Fail, OutputSpan: f.span(start, end),
				Detail: fmt.Sprintf("The %s contains %s: %q.", fieldNoun(f.name), what, f.span(start, end).Text),
			})
		}
		for _, s := range prompts {
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
		if start, end := findDecoration(f.text); end > 0 {
			add(start, end, "emoji or hashtags in a row")
		}
		if start, end := findEncoded(f.text); end > 0 {
			add(start, end, "an encoded text")
		}
		found = appendAddresses(found, p, f, out.Task == Translate)
		found = appendPhone(found, f)
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

// findControl finds the first control character, replacement character, invalid
// byte, or character that can hide text from a reader.
func findControl(s string) (start, end int) {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || r < 0x20 || r >= 0x7f && r < 0xa0 || hides(r) {
			return i, i + size
		}
		i += size
	}
	return 0, 0
}

// hides reports zero-width, direction and tag characters, which English does
// not need. Joiners belong to emoji and to names in other scripts, as do the two
// direction marks.
func hides(r rune) bool {
	switch {
	case r == 0xAD, r == 0x200B, r == 0x2060, r == 0xFEFF, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}

// longestWord is longer than the words of English and of names in it.
const longestWord = 40

// findEncoded finds the first run of letters, digits and the marks of Base64 that
// is too long for a word: ciphers, keys, what is to be decoded elsewhere.
func findEncoded(s string) (start, end int) {
	for i := 0; i < len(s); i++ {
		start = i
		for i < len(s) && (s[i] < 0x80 && wordByte(s[i]) || strings.IndexByte("+/=_", s[i]) >= 0) {
			i++
		}
		if i-start > longestWord && strings.ContainsAny(s[start:i], "0123456789+=") {
			return start, i
		}
	}
	return 0, 0
}

// appendPhone finds the first number that is written as telephone numbers are.
// Those that the source does not have are the numbers check's; of one that it
// has, a reader must know that it stands there.
func appendPhone(found []Check, f *field) []Check {
	const least, most = 8, 15 // digits; the longest that can be dialled
	for i := 0; i < len(f.text); i++ {
		c := f.text[i]
		if c != '+' && c != '0' || i > 0 && (wordByte(f.text[i-1]) || strings.IndexByte(".,+-/", f.text[i-1]) >= 0) {
			continue
		}
		digits, end := 0, i+1
		if c == '0' {
			digits++
		}
		for j := end; j < len(f.text) && strings.IndexByte("0123456789 -()", f.text[j]) >= 0; j++ {
			if f.text[j] >= '0' && f.text[j] <= '9' {
				digits++
				end = j + 1
			}
		}
		if digits >= least && digits <= most {
			return append(found, Check{
				Verdict: CannotJudge, OutputSpan: f.span(i, end),
				Detail: fmt.Sprintf("The %s gives a telephone number; a page can have put it there.", fieldNoun(f.name)),
			})
		}
		i = end
	}
	return found
}

// appendAddresses finds web and mail addresses, and lets pass those that the
// source has where that is all that is asked.
func appendAddresses(found []Check, p *Prepared, f *field, sourceMay bool) []Check {
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
		if address == "" {
			continue
		}
		detail := "The %s gives an address that the source does not have."
		if p.containsAnyCase(address) {
			if sourceMay {
				continue
			}
			detail = "The %s gives an address of the page, which no summary should hand on."
		}
		return append(found, Check{
			Verdict: Fail, OutputSpan: f.span(start, start+len(address)), Detail: fmt.Sprintf(detail, fieldNoun(f.name)),
		})
	}
	return found
}
