// Package samples holds the invented Arabic news articles that the demo
// submits, each as the plain text and as the page a scraper would deliver.
package samples

import (
	"embed"
	"fmt"
	"time"
)

//go:embed *.txt *.html
var files embed.FS

// A Sample is one invented article with its residue left in. Text and HTML are
// the same article as two scrapers would see it: the article's paragraphs are
// equal, the residue around them differs.
type Sample struct {
	// Name is the base name of the sample's files, such as "school".
	Name string
	// Title is the headline in Arabic. It is repeated in Text and in HTML.
	Title string
	// Text is the scraped plain text.
	Text string
	// HTML is the scraped page.
	HTML string
	// Published is when the article says it appeared; relative dates in it
	// ("Tuesday", "last August") count from there.
	Published time.Time
}

// All returns the samples, the shortest article first. The first two stay
// below 120 words, so that a small model on a CPU answers them within a minute.
func All() []Sample {
	zone := time.FixedZone("", 2*60*60)
	all := []Sample{
		{
			Name:      "school",
			Title:     "مدرسة جديدة في نبع الرمان بعد عامين من البناء",
			Published: time.Date(2026, time.November, 8, 17, 5, 0, 0, zone),
		},
		{
			Name:      "library",
			Title:     "مكتبة وادي السرو تجمع مئة ألف كتاب في شهرين",
			Published: time.Date(2026, time.November, 4, 14, 20, 0, 0, zone),
		},
		{
			Name:      "desalination",
			Title:     "سيلدا تفتتح محطة لتحلية المياه تغذي ربع سكان العاصمة",
			Published: time.Date(2026, time.November, 10, 12, 30, 0, 0, zone),
		},
		{
			Name:      "fisheries",
			Title:     "سيلدا وفالموريا توقعان اتفاقاً لتقاسم مناطق الصيد بعد مفاوضات استمرت عامين",
			Published: time.Date(2026, time.November, 12, 18, 40, 0, 0, zone),
		},
	}
	for i := range all {
		all[i].Text = read(all[i].Name + ".txt")
		all[i].HTML = read(all[i].Name + ".html")
	}
	return all
}

// read returns an embedded file. That it exists is settled when the package is
// built and held by the tests, so a miss is a programming error.
func read(name string) string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("read embedded sample: %v", err))
	}
	return string(data)
}
