package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/schollz/progressbar/v3"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/demo/show"
)

// backfillProgress shows how far a run is: a bar on a terminal, elsewhere a JSON
// line every so often.
type backfillProgress struct {
	p     *program
	run   string
	every time.Duration
	bar   *progressbar.ProgressBar // nil: no terminal
	began time.Time
	first float64 // part that was done when it began
	told  time.Time
}

// barSteps is the resolution of the bar.
const barSteps = 1000

func newBackfillProgress(p *program, run string, every time.Duration) *backfillProgress {
	b := &backfillProgress{p: p, run: run, every: every, began: time.Now(), told: time.Now(), first: -1}
	if show.IsTerminal(p.err) {
		b.bar = progressbar.NewOptions(barSteps, progressbar.OptionSetWriter(p.err), progressbar.OptionSetWidth(24),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionShowDescriptionAtLineEnd())
	}
	return b
}

// progressLine is what is told where there is no terminal.
type progressLine struct {
	Run     string  `json:"run"`
	Part    float64 `json:"part"` // of the work, 0 to 1; 0 where it is not known
	Seconds float64 `json:"seconds_left,omitzero"`
	Rows    int64   `json:"rows"`
	Bad     int64   `json:"bad"`
	Jobs    int64   `json:"jobs"`
	backfill.Counts
	Waiting int64          `json:"waiting"`
	Spent   backfill.Spent `json:"spent"`
}

// part of the work that is done: of what was read, what has ended. What is not
// read yet counts by its bytes.
func part(now backfill.Progress) float64 {
	if now.Jobs == 0 {
		return 0
	}
	read := 1.0
	if now.Sending {
		if now.Size == 0 {
			return 0
		}
		read = float64(now.Read) / float64(now.Size)
	}
	return min(1, read*float64(max(0, now.Jobs-now.Waiting))/float64(now.Jobs))
}

func (b *backfillProgress) show(now backfill.Progress) {
	done := part(now)
	if now.Sent > 0 && b.first < 0 {
		// What an earlier turn has done is no measure of the speed.
		b.first, b.began = done, time.Now()
	}
	var left time.Duration
	if gained := done - b.first; b.first >= 0 && gained > 0.001 {
		left = time.Duration(float64(time.Since(b.began)) * (1 - done) / gained)
	}
	if b.bar != nil {
		b.bar.Describe(b.describe(now, left))
		_ = b.bar.Set(int(done * barSteps)) // a progress that cannot be shown is none to fail for
		return
	}
	if time.Since(b.told) < b.every {
		return
	}
	b.told = time.Now()
	line, err := json.Marshal(progressLine{
		Run: b.run, Part: done, Seconds: left.Round(time.Second).Seconds(), Rows: now.Rows, Bad: now.Bad, Jobs: now.Jobs, Counts: now.Counts, Waiting: now.Waiting, Spent: now.Spent,
	})
	if err == nil {
		fmt.Fprintf(b.p.err, "%s\n", line)
	}
}

func (b *backfillProgress) describe(now backfill.Progress, left time.Duration) string {
	parts := []string{grouped(now.Rows) + " rows", grouped(now.OK+now.Reused) + " done"}
	for _, n := range []struct {
		count int64
		what  string
	}{{now.Flagged, "flagged"}, {now.Skipped, "skipped"}, {now.Dead, "dead"}, {now.Bad, "bad"}} {
		if n.count > 0 {
			parts = append(parts, grouped(n.count)+" "+n.what)
		}
	}
	parts = append(parts, grouped(now.TokensIn+now.TokensOut)+" tokens")
	if now.Cost > 0 {
		parts = append(parts, fmt.Sprintf("%.2f %s", now.Cost, now.Currency))
	}
	if left > 0 {
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, " · ")
}

func (b *backfillProgress) end() {
	if b.bar != nil {
		_ = b.bar.Finish() // as above
	}
}
