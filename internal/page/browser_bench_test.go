package page

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// BenchmarkOpen is the figure of docs/collect.md: how long a browser takes until
// a page of so many articles can be used, what a first and a second search take,
// and the memory of the page.
//
//	go test ./internal/page -run '^$' -bench Open -benchtime 1x
func BenchmarkOpen(b *testing.B) {
	all := stories()
	for _, cards := range []int{2000, 5000, 10_000} {
		b.Run(fmt.Sprint(cards), func(b *testing.B) {
			page := write(b, func(add func(Card)) {
				for n := 1; n <= cards; n++ {
					c := all[n%len(all)].card(b, n)
					// An article of the usual length.
					for len(c.Source.Paragraphs) < 14 {
						p := c.Source.Paragraphs[len(c.Source.Paragraphs)%2]
						p.ID = len(c.Source.Paragraphs) + 1
						c.Source.Paragraphs = append(c.Source.Paragraphs, p)
					}
					add(c)
				}
			})
			for range b.N {
				tab := open(b, page, 1280, 900, false)
				b.ReportMetric(float64(len(page))/(1<<20), "MiB")
				b.ReportMetric(eval[float64](tab, `performance.getEntriesByType("navigation")[0].domComplete`), "ms-load")
				for i, words := range []string{"السدر", "wadi السدر"} {
					from := eval[float64](tab, `performance.now()`)
					tab.search(words)
					b.ReportMetric(eval[float64](tab, `performance.now()`)-from, fmt.Sprintf("ms-search-%d", i+1))
				}
				b.ReportMetric(memory(tab), "MiB-renderer")
			}
		})
	}
}

// memory of the browser's largest process, which is the one with the page: it
// holds texts that are no objects of a script, too. 0 where /proc is not there.
func memory(tab *tab) float64 {
	parents, resident := map[string]string{}, map[string]float64{}
	files, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		tab.Fatal(err)
	}
	for _, file := range files {
		status, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		pid := filepath.Base(filepath.Dir(file))
		for line := range strings.Lines(string(status)) {
			switch fields := strings.Fields(line); {
			case len(fields) < 2:
			case fields[0] == "PPid:":
				parents[pid] = fields[1]
			case fields[0] == "VmRSS:":
				kib, _ := strconv.ParseFloat(fields[1], 64)
				resident[pid] = kib / 1024
			}
		}
	}
	root, most := strconv.Itoa(chromedp.FromContext(tab.ctx).Browser.Process().Pid), 0.0
	for pid, mib := range resident {
		for at := pid; at != "" && at != "0"; at = parents[at] {
			if at == root {
				most = max(most, mib)
			}
		}
	}
	return most
}
