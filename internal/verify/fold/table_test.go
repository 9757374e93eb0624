package fold

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	words := map[string]int{"": 7}
	for i := range 3000 {
		words[strings.Repeat(string(rune('a'+i%26)), i%23)+string(rune('a'+i/26%26))+string(rune('a'+i/676))] = i
	}
	table := NewTable(words)
	for w, want := range words {
		if got, ok := table.Find([]byte(w)); !ok || got != want {
			t.Fatalf("Find(%q) = %d, %t, want %d", w, got, ok, want)
		}
		if other := w + "?"; table.Has([]byte(other)) {
			t.Fatalf("Has(%q)", other)
		}
	}
	if NewTable(map[string]bool{}).Has([]byte("any")) {
		t.Error("an empty table has a word")
	}
}

func BenchmarkTable(b *testing.B) {
	words := map[string]int{}
	for i := range 800 {
		words[strings.Repeat(string(rune('a'+i%26)), i%9)+string(rune('a'+i/26%26))] = i
	}
	table, texts := NewTable(words), [][]byte{[]byte("abcd"), []byte("longerword"), []byte("xyz"), []byte("medium")}
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			for _, w := range texts {
				table.Has(w)
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			for _, w := range texts {
				_ = words[string(w)]
			}
		}
	})
}
