package eval

import (
	_ "embed" // the article of the speed row
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/verify"
)

// An invented article of 6 KB, and its summary of some 150 words.
var (
	//go:embed speed_article.txt
	speedArticle string
	//go:embed speed_summary.txt
	speedSummary string
)

// speedRuns are enough for a steady median.
const speedRuns = 400

// speedRows time cleaning and checking on one core. The first rounds, in which
// the tables are built, are not counted.
func speedRows(_ corpora, _ Config) (Table, error) {
	leaks, err := promptLeaks()
	if err != nil {
		return nil, err
	}
	limits := verify.Limits{PromptPhrases: leaks[0].phrases}
	times := make([]time.Duration, speedRuns)
	for range speedRuns / 10 {
		if err := cleanAndVerify(limits); err != nil {
			return nil, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range times {
		start := time.Now()
		if err := cleanAndVerify(limits); err != nil {
			return nil, err
		}
		times[i] = time.Since(start)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times)
	const on = "article of 6 KB, 150 words"
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	row := func(key, figure string, value float64, unit string) Row {
		return Row{Key: key, On: on, Figure: figure, Of: speedRuns, Value: value, Unit: unit}
	}
	return Table{
		row("speed.time", "clean and verify, median on one core", micros(times[speedRuns/2]), "µs").
			note("90 %% within %.0f µs", micros(times[speedRuns*9/10])),
		row("speed.allocs", "allocations", float64(after.Mallocs-before.Mallocs)/speedRuns, "a run"),
		row("speed.bytes", "allocated", float64(after.TotalAlloc-before.TotalAlloc)/speedRuns/1024, "KiB a run"),
	}, nil
}

func cleanAndVerify(limits verify.Limits) error {
	article, err := clean.Clean(clean.Input{Text: speedArticle, Lang: "ar"})
	if err != nil {
		return fmt.Errorf("clean the sample: %w", err)
	}
	src := verify.Source{Title: article.Title, Language: article.Language}
	for _, p := range article.Paragraphs {
		src.Paragraphs = append(src.Paragraphs, verify.Paragraph{ID: p.ID, Text: p.Text})
	}
	verify.Run(src, verify.Output{Summary: strings.TrimSpace(speedSummary)}, limits)
	return nil
}
