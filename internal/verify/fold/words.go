package fold

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Script is the alphabet of a word, as far as it matters here.
type Script uint8

// The scripts.
const (
	Other Script = iota // letters are kept as Alike gives them
	ArabicScript
	LatinScript
	Digits // ASCII digits are kept, whatever digits were written
)

// Word is one word of a text.
type Word struct {
	At         int32 // its letters are Words.Letters[At : At+Len]
	Start, End int32 // bytes of the text
	Part       int32 // the number of the text
	Len        uint8 // letters, at most MaxLetters
	Script     Script
	Upper      bool // begins with a capital
	Capitals   bool // has two or more letters, all of them capitals
	First      bool // begins a sentence, a quotation or a text
	Broken     bool // a mark other than a hyphen stands between it and the word before
	Inner      bool // has a capital inside, and small letters: MeToo, McDonald
	Hyphen     bool // a hyphen joins it to the word before
	Possessive bool // "'s" was cut off
}

// MaxLetters bounds the letters kept of a word; no name has more.
const MaxLetters = 40

// Words is one or more texts split into words. Letters holds a space before
// each word and one at the end, so that whole words can be searched for.
type Words struct {
	Letters []byte
	List    []Word
}

// Grow makes room for a text of the given size in bytes, at once for English
// and, with arabic set, for text whose letters take two bytes. Words that were
// there are gone.
func (w *Words) Grow(size int, arabic bool) {
	letters, words := size+16, size/6+8
	if arabic {
		letters, words = size*3/4+16, size/8+8
	}
	if cap(w.Letters) < letters {
		w.Letters = make([]byte, 0, letters)
	}
	if cap(w.List) < words {
		w.List = make([]Word, 0, words)
	}
	w.Letters, w.List = w.Letters[:0], w.List[:0]
}

// room is what [Return] took back, for [Borrow].
var room = sync.Pool{New: func() any { return new(Words) }}

// mostRoom bounds the letters that are kept for later: those of a long article.
const mostRoom = 1 << 17

// Borrow gives words to be filled after Grow: a third of what checking an article
// allocates is their room.
func Borrow() *Words {
	w, _ := room.Get().(*Words)
	return w
}

// Return takes words back that nobody uses any more.
func Return(w *Words) {
	if cap(w.Letters) <= mostRoom {
		room.Put(w)
	}
}

// Of gives the folded letters of x.
func (w *Words) Of(x *Word) []byte { return w.Letters[x.At : x.At+int32(x.Len)] }

// Add splits text and appends its words as text number part. Close must follow
// the last text.
func (w *Words) Add(part int, text string) {
	first, broken := true, true
	for i := 0; i < len(text); {
		c := text[i]
		if c == ' ' {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = decode(text[i:])
		}
		script := scriptOf(r)
		if script == noScript {
			switch r {
			case '.':
				first = first || !w.abbreviated(i)
				broken = broken || first
			case '!', '?', ':', '\n', '"', '“', '«', '؟', '۔', '•', '…', ';':
				first, broken = true, true
			case '-', '\u2010', '\u2011', '\'', '’', '‘', 'ʻ', 'ʿ', '`', '\t', '\r', '\u00a0':
				// They join words or stand for a sound.
			default:
				broken = broken || !IsSilent(r)
			}
			i += size
			continue
		}
		x := Word{Start: int32(i), Part: int32(part), Script: script, First: first, Broken: broken}
		x.Hyphen = i > 0 && text[i-1] == '-'
		i = w.word(&x, text, i)
		w.List = append(w.List, x)
		first, broken = false, false
	}
}

// abbreviations are English titles before a name; after their full stop no
// sentence begins.
const abbreviations = " dr mr mrs ms st gen sen lt col rep prof sgt gov capt maj rev hon adm pres "

// abbreviated reports whether the full stop at byte i belongs to the word
// before it: an initial or a title.
func (w *Words) abbreviated(i int) bool {
	if len(w.List) == 0 {
		return false
	}
	x := &w.List[len(w.List)-1]
	if int(x.End) != i || !x.Upper || x.Len > 4 {
		return false
	}
	return x.Len == 1 || strings.Contains(abbreviations, " "+string(w.Of(x))+" ")
}

// Close ends the letters with a space.
func (w *Words) Close() { w.Letters = append(w.Letters, ' ') }

// noScript is what scriptOf gives for what is no letter and no digit.
const noScript Script = 0xff

func scriptOf(r rune) Script {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			return LatinScript
		case r >= '0' && r <= '9':
			return Digits
		}
		return noScript
	case r >= 0x600 && r <= 0x6ff:
		if r >= 0x660 && r <= 0x669 || r >= 0x6f0 && r <= 0x6f9 {
			return Digits
		}
		if arabic[r-0x600] > Silent {
			return ArabicScript
		}
		return noScript
	case Latin(r) != 0:
		return LatinScript
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r >= 0x900 && r < 0x980 && r != '।' && r != '॥':
		return Other
	}
	return noScript
}

// word reads the word at byte i and gives the byte behind it.
func (w *Words) word(x *Word, text string, i int) int {
	w.Letters = append(w.Letters, ' ')
	x.At = int32(len(w.Letters))
	begin := i
	if x.Script == ArabicScript {
		i = w.arabicWord(text, i)
	} else {
		i = w.otherWord(x, text, i)
	}
	if n := len(w.Letters) - int(x.At); n > MaxLetters {
		w.Letters = w.Letters[:int(x.At)+MaxLetters]
	}
	x.Len = uint8(len(w.Letters) - int(x.At))
	x.End = int32(max(i, begin+1))
	return int(x.End)
}

func (w *Words) arabicWord(text string, i int) int {
	for i < len(text) {
		lead := text[i]
		if lead >= 0xd8 && lead <= 0xdb && i+1 < len(text) && text[i+1]&0xc0 == 0x80 {
			b := arabic[(lead&0x03)<<6|text[i+1]&0x3f] // two bytes of UTF-8 for U+0600 to U+06FF
			if b == None {
				return i
			}
			if b > Silent {
				w.Letters = append(w.Letters, b)
			}
			i += 2
			continue
		}
		r, size := decode(text[i:])
		if !IsSilent(r) {
			return i
		}
		i += size
	}
	return i
}

// otherWord reads a word of another script than Arabic. In Latin words an
// apostrophe between letters is passed over, and "'s" is cut off.
func (w *Words) otherWord(x *Word, text string, i int) int {
	letters, capitals := 0, 0
	for i < len(text) {
		r, size := decode(text[i:])
		script := scriptOf(r)
		if script != x.Script {
			if x.Script != LatinScript || letters == 0 || !apostrophe(r) {
				if IsSilent(r) {
					i += size
					continue
				}
				break
			}
			next, _ := decode(text[min(i+size, len(text)-1):])
			if i+size >= len(text) || scriptOf(next) != LatinScript {
				break
			}
			if next|0x20 == 's' && endsAfter(text[i+size:]) {
				x.Possessive = true
				i += size + 1
				break
			}
			i += size
			continue
		}
		switch x.Script {
		case LatinScript:
			b := Latin(r)
			w.Letters = append(w.Letters, b)
			upper := r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsUpper(r)
			if upper {
				capitals++
				x.Upper = x.Upper || letters == 0
			}
			letters++
		case Digits:
			w.Letters = append(w.Letters, '0'+digit(r))
		case Other:
			w.Letters = append(w.Letters, Alike(r)...)
		}
		i += size
	}
	x.Capitals = letters > 1 && capitals == letters
	x.Inner = capitals > 1 && capitals < letters
	return i
}

// endsAfter reports whether the word whose last letter begins s ends with it.
func endsAfter(s string) bool {
	if len(s) < 2 {
		return true
	}
	r, _ := decode(s[1:])
	return scriptOf(r) == noScript
}

func apostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʻ', 'ʿ', 'ʾ', 'ʼ', '`':
		return true
	}
	return false
}

func digit(r rune) byte {
	switch {
	case r >= 0x660 && r <= 0x669:
		return byte(r - 0x660)
	case r >= 0x6f0 && r <= 0x6f9:
		return byte(r - 0x6f0)
	}
	return byte(r-'0') % 10
}

// decode is utf8.DecodeRuneInString with the ASCII and two byte cases inlined.
func decode(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	if s[0] >= 0xc2 && s[0] < 0xe0 && len(s) > 1 && s[1]&0xc0 == 0x80 {
		return rune(s[0]&0x1f)<<6 | rune(s[1]&0x3f), 2
	}
	return utf8.DecodeRuneInString(s)
}
