package clean_test

import (
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/clean"
)

// sixKB is an Arabic article of 6 kB in 15 paragraphs, with residue at its end.
func sixKB() string {
	var b strings.Builder
	for b.Len() < 6000 {
		for i, p := range []string{par1, par2, par3} {
			b.WriteString(p)
			b.WriteString(" رقم ")
			b.WriteByte(byte('0' + b.Len()/700%10))
			b.WriteByte(byte('0' + i))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func BenchmarkClean(b *testing.B) {
	article := sixKB()
	for _, bc := range []struct {
		name string
		in   clean.Input
	}{
		{"arabic-6kB", clean.Input{Title: title, Text: article}},
		{"arabic-6kB-residue", clean.Input{Text: article + title + "\n" + title + "\nلم تشترك بعد\nشارك"}},
		{"arabic-3MB-one-line", clean.Input{Text: strings.ReplaceAll(strings.Repeat(article, 500), "\n", " ")}},
		{"arabic-300kB", clean.Input{Text: strings.Repeat(article, 50)}},
		{"arabic-page", clean.Input{HTML: arabicPage}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bc.in.Text) + len(bc.in.HTML)))
			for b.Loop() {
				if _, err := clean.Clean(bc.in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNormalize(b *testing.B) {
	s := sixKB()
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		clean.Normalize(s)
	}
}
