package chaos

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// sample is what a worker says of itself.
type sample struct{ memory, goroutines, files float64 }

// soakEvery is the rhythm of the samples.
const soakEvery = 500 * time.Millisecond

// soak sends many jobs with the server restarting now and then, and watches the
// workers' memory, goroutines and files.
func soak(ctx context.Context, a *attempt) error {
	st, err := open(ctx, a, setup{
		config: "single-fast.conf", workers: 2, slots: 16, ackWait: 10 * time.Second, grace: 5 * time.Second, latency: 10 * time.Millisecond, metrics: true,
	})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	if err := st.work(ctx); err != nil {
		return err
	}
	watch, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	samples := make(map[string][]sample, len(st.workers))
	group.Go(func() {
		for pause(watch, soakEvery) {
			for name, address := range st.metrics {
				if s, err := scrape(watch, address); err == nil {
					samples[name] = append(samples[name], s)
				}
			}
		}
	})
	// All in the first half: what a reconnect leaves behind shows in the second.
	events := schedule(a.dice, plan{serverKilled, 5, 1, span{100 * time.Millisecond, time.Second}})
	for i := range events {
		events[i].at /= 2
	}
	a.journal, err = st.drive(ctx, orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0), events)
	stop()
	group.Wait()
	for _, w := range st.workers {
		a.slope(w.name, samples[w.name])
	}
	return err
}

// slope compares the third quarter with the last one, behind the restarts.
func (a *attempt) slope(name string, all []sample) {
	if len(all) < 16 {
		a.violate("soak: only %d samples of %s: give it more jobs", len(all), name)
		return
	}
	before, after := mean(all[len(all)/2:len(all)*3/4]), mean(all[len(all)*3/4:])
	a.figure(
		"%s, third and last quarter: memory %.1f and %.1f MiB, goroutines %.0f and %.0f, files %.0f and %.0f",
		name, before.memory/(1<<20), after.memory/(1<<20), before.goroutines, after.goroutines, before.files, after.files,
	)
	// The heap breathes by a tenth; goroutines and connections come and go with
	// the calls under way.
	if after.memory > 1.1*before.memory+4<<20 || after.goroutines > 1.1*before.goroutines+8 || after.files > 1.1*before.files+8 {
		a.violate("soak: %s grows", name)
	}
}

func mean(all []sample) sample {
	var m sample
	for _, s := range all {
		m.memory += s.memory
		m.goroutines += s.goroutines
		m.files += s.files
	}
	n := float64(len(all))
	return sample{m.memory / n, m.goroutines / n, m.files / n}
}

// scrape reads a worker's metrics.
func scrape(ctx context.Context, address string) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return sample{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return sample{}, fmt.Errorf("read the metrics: %w", err)
	}
	defer resp.Body.Close()
	var s sample
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue
		}
		switch name {
		case "process_resident_memory_bytes":
			s.memory = number
		case "go_goroutines":
			s.goroutines = number
		case "process_open_fds":
			s.files = number
		}
	}
	return s, lines.Err()
}
