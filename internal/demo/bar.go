package demo

import (
	"io"

	"github.com/schollz/progressbar/v3"
)

// Bar shows how many of a known number are done. On what is no terminal it shows
// nothing.
type Bar struct {
	bar *progressbar.ProgressBar // nil: no terminal
}

// NewBar makes a bar on w, which is a terminal or not.
func NewBar(w io.Writer, terminal bool, what string, total int) *Bar {
	if !terminal {
		return &Bar{}
	}
	return &Bar{progressbar.NewOptions(
		total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(progressTick),
	)}
}

// Set tells how many are done.
func (b *Bar) Set(done int) {
	if b.bar != nil {
		_ = b.bar.Set(done) // a progress that cannot be shown is none to fail for
	}
}

// Clear takes the bar away.
func (b *Bar) Clear() {
	if b.bar != nil {
		_ = b.bar.Clear() // as above
	}
}
