package demo

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/worker"
)

const progressTick = 200 * time.Millisecond

// progress shows that something goes on: a spinner on a terminal; elsewhere a
// line when the worker waits for its endpoint.
type progress struct {
	cfg    Config
	bar    *progressbar.ProgressBar // nil: no terminal
	title  string
	began  time.Time
	reason string // that was told last
}

func newProgress(cfg Config, title string) *progress {
	p := &progress{cfg: cfg, title: title, began: time.Now()}
	if cfg.Progress {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(cfg.Err), progressbar.OptionSpinnerType(14),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription(title))
	}
	return p
}

func (p *progress) show(endpoint worker.GateStatus) {
	waits := ""
	if !endpoint.Open {
		waits = ": waiting, " + show.Line(endpoint.Reason)
	}
	if p.bar == nil {
		if waits != "" && endpoint.Reason != p.reason {
			fmt.Fprintf(p.cfg.Err, "%s%s\n", p.title, waits)
		}
		p.reason = endpoint.Reason
		return
	}
	p.bar.Describe(fmt.Sprintf("%s, %.0f s%s", p.title, time.Since(p.began).Seconds(), show.Clip(waits, 80)))
	_ = p.bar.Add(1) // a progress that cannot be shown is none to fail for
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Finish() // as above
	}
}
