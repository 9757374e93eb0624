package verify

import "unicode/utf8"

// leastDecorations is the number of emoji and hashtags in a row from which they
// adorn a text. One alone may be what the news is about.
const leastDecorations = 2

// maxDecorations bounds the rows that are looked at, and so the time that an
// output of megabytes can take: of each it is asked whether it is quoted.
const maxDecorations = 20

// findDecoration finds the first row of emoji and hashtags, with nothing but
// spaces between them, outside quotation marks: people's posts have them.
func findDecoration(s string) (start, end int) {
	n, rows, joined := 0, 0, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == ' ' || r == '\n':
		case r == zeroWidthJoiner || r == emojiForm || r >= firstSkin && r <= lastSkin: // parts of the one before
			joined = r == zeroWidthJoiner
			if n > 0 {
				end = i + size
			}
			i += size
			continue
		case pictures(r) || r == '#' && hashtag(s, i) > 0:
			if r == '#' {
				size = hashtag(s, i)
			}
			if n == 0 {
				start = i
			}
			if !joined {
				n++
			}
			end = i + size
		default:
			if n >= leastDecorations {
				if rows++; !quotedAt(s, start) {
					return start, end
				}
			}
			if n = 0; rows == maxDecorations {
				return 0, 0
			}
		}
		joined = false
		i += size
	}
	if n >= leastDecorations && !quotedAt(s, start) {
		return start, end
	}
	return 0, 0
}

const (
	zeroWidthJoiner     = 0x200d
	emojiForm           = 0xfe0f
	firstSkin, lastSkin = 0x1f3fb, 0x1f3ff
)

// pictures reports emoji, without flags, which are two characters and no ornament.
func pictures(r rune) bool {
	return r >= 0x1f300 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf
}

// hashtag gives the length of the hashtag at byte i, 0 where there is none: "#1"
// is a rank.
func hashtag(s string, i int) int {
	if i > 0 && wordByte(s[i-1]) {
		return 0
	}
	end, letters := i+1, false
	for end < len(s) && (wordByte(s[end]) || s[end] == '_') {
		letters = letters || s[end] > '9'
		end++
	}
	if !letters {
		return 0
	}
	return end - i
}
