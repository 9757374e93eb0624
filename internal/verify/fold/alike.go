package fold

// alikes gives, for letters of alphabets that have no table of their own, the
// Arabic letters that sound alike, so that one comparison of sounds serves all:
// a word of them costs no more than an Arabic one. Own compilation.
const (
	cyrillicLetters = "абвгдежзийклмнопрстуфхцчшщыэюяёєіїґўјљњћђџ"
	cyrillicSounds  = "ا ب ڤ گ د ي ج ز ي ي ك ل م ن و پ ر س ت و ف ه تس چ ش ش ي ي يو يا يو ي ي ي گ و ي ل ن چ ج ج"
	hebrewLetters   = "אבגדהוזחטיכךלמםנןסעפףצץקרשת"
	hebrewSounds    = "ا ب گ د ه و ز ه ت ي ك ك ل م م ن ن س ا پ پ تس تس ك ر ش ت"
	hindiLetters    = "अआइईउऊएऐऑओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहािीुूेैॉोौंँ"
	hindiSounds     = "ا ا ي ي و و ي ي و و و ك خ گ گ ن چ چ ج ج ن ت ت د د ن ت ت د د ن پ ف ب ب م ي ر ل ڤ ش ش س ه ا ي ي و و ي ي و و و ن ن"
)

// alike maps the runes from U+0400 to U+05FF, and from U+0900 to U+097F.
var (
	alike      = alikeTable(0x400, 0x200, cyrillicLetters, cyrillicSounds, hebrewLetters, hebrewSounds)
	alikeHindi = alikeTable(0x900, 0x80, hindiLetters, hindiSounds)
)

func alikeTable(from rune, size int, lists ...string) []string {
	t := make([]string, size)
	for i := 0; i < len(lists); i += 2 {
		sounds := lists[i+1]
		for _, r := range lists[i] {
			end := 0
			for end < len(sounds) && sounds[end] != ' ' {
				end++
			}
			t[r-from] = Text(sounds[:end])
			if upper := capital(r); upper >= from && int(upper-from) < size {
				t[upper-from] = t[r-from]
			}
			sounds = sounds[min(end+1, len(sounds)):]
		}
	}
	return t
}

// capital gives the capital of a Cyrillic letter, and other letters as they are.
func capital(r rune) rune {
	switch {
	case r >= 0x430 && r <= 0x44f:
		return r - 0x20
	case r >= 0x450 && r <= 0x45f:
		return r - 0x50
	case r == 'ґ':
		return 'Ґ'
	}
	return r
}

// Alike gives the folded Arabic letters that sound like a Cyrillic, Hebrew or
// Hindi letter; none for other runes and for silent letters.
func Alike(r rune) string {
	switch {
	case r >= 0x400 && r < 0x600:
		return alike[r-0x400]
	case r >= 0x900 && r < 0x980:
		return alikeHindi[r-0x900]
	}
	return ""
}
