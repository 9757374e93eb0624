package fold

// Table finds the value of a word. It is built once and read for each word of a
// text, of which it has but a few: a miss costs one hash and one look, a third
// of what a map takes.
type Table[V any] struct {
	slots  []uint16 // places in words, from 1; 0 is free
	words  []string
	values []V
	shift  uint8
}

// tableRoom is the number of slots for each word: few words share one.
const tableRoom = 4

// NewTable makes a table of at most 65,535 words.
func NewTable[V any](m map[string]V) *Table[V] {
	bits := uint8(4)
	for 1<<bits < tableRoom*len(m) {
		bits++
	}
	t := &Table[V]{slots: make([]uint16, 1<<bits), shift: 32 - bits}
	for w, v := range m {
		at := wordHash([]byte(w)) >> t.shift
		for t.slots[at] != 0 {
			at = (at + 1) & uint32(len(t.slots)-1)
		}
		t.words, t.values = append(t.words, w), append(t.values, v)
		t.slots[at] = uint16(len(t.words))
	}
	return t
}

// Find gives the value of a word.
func (t *Table[V]) Find(word []byte) (value V, found bool) {
	for at := wordHash(word) >> t.shift; ; at = (at + 1) & uint32(len(t.slots)-1) {
		k := t.slots[at]
		if k == 0 {
			return value, false
		}
		if t.words[k-1] == string(word) {
			return t.values[k-1], true
		}
	}
}

// Has reports a word of the table.
func (t *Table[V]) Has(word []byte) bool {
	_, ok := t.Find(word)
	return ok
}

// wordHash has its good bits above.
func wordHash(w []byte) uint32 {
	h := uint32(len(w))
	for _, b := range w {
		h = h*31 + uint32(b)
	}
	return h * 0x9e3779b1
}
