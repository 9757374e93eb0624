package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
)

// Figure is one line of what [RunCapacity] measures.
type Figure struct {
	Scenario string `json:"scenario"`
	Measured string `json:"measured"`
	Target   string `json:"target"`
	Reached  bool   `json:"reached"`
}

// RunCapacity measures how a worker uses an endpoint whose capacity nobody told
// it, and that changes, fails and throttles. Each figure is told as soon as it is
// there. It takes some eight minutes.
func RunCapacity(ctx context.Context, cfg Config, tell func(Figure)) error {
	if cfg.Progress == nil {
		cfg.Progress = func(string) {}
	}
	for _, scenario := range []func(context.Context, Config, func(Figure)) error{hiddenSlots, outage, throttledCalls, copies, budget} {
		if err := scenario(ctx, cfg, tell); err != nil {
			return err
		}
	}
	return nil
}

// lab is a server, an endpoint and the workers of one scenario.
type lab struct {
	cfg      Config
	dir      string
	nats     *child
	endpoint *endpoint
	conn     *queue.Conn
	workers  []*workerProcess
}

func (c Config) lab(ctx context.Context, script llmtest.Script, slots int) (_ *lab, err error) {
	l := &lab{cfg: c}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.dir, err = os.MkdirTemp("", "mujaz-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder for the server: %w", err)
	}
	if l.nats, err = c.spawn(ctx, RoleNATS, natsParams{Dir: l.dir}); err != nil {
		return nil, err
	}
	if l.endpoint, err = startEndpoint(ctx, script, slots); err != nil {
		return nil, err
	}
	if l.conn, err = queue.Connect(ctx, queue.ConnConfig{URL: l.nats.ready, Name: "bench"}); err != nil {
		return nil, err
	}
	return l, l.conn.Ensure(ctx)
}

func (l *lab) close() {
	for _, w := range l.workers {
		w.kill()
	}
	if l.conn != nil {
		l.conn.Close()
	}
	if l.endpoint != nil {
		l.endpoint.close()
	}
	if l.nats != nil {
		l.nats.stop()
	}
	_ = os.RemoveAll(l.dir) // a temporary folder
}

// work starts a worker; without slots it finds them.
func (l *lab) work(ctx context.Context, slots int, more ...string) error {
	l.cfg.Slots = slots
	w, err := l.cfg.startWorker(ctx, l.nats.ready, l.endpoint.url, more...)
	if err == nil {
		l.workers = append(l.workers, w)
	}
	return err
}

// hiddenSlots: a server of 32 slots that nobody configured, of which half go and
// come back.
func hiddenSlots(ctx context.Context, cfg Config, tell func(Figure)) error {
	const slots, mean, jitter = 32, time.Second, 500 * time.Millisecond
	cfg.Progress("hidden slots: queueing")
	l, err := cfg.lab(ctx, llmtest.Script{Latency: mean, Jitter: jitter}, slots)
	if err != nil {
		return err
	}
	defer l.close()
	if err := preload(ctx, l.conn, slots*330); err != nil {
		return err
	}
	if err := l.work(ctx, 0); err != nil {
		return err
	}
	cfg.Progress("hidden slots: a minute to find them")
	if err := pause(ctx, time.Minute); err != nil {
		return err
	}
	cfg.Progress("hidden slots: measuring for a minute")
	rate, p95, err := l.endpoint.watch(ctx, time.Minute)
	if err != nil {
		return err
	}
	// Evenly spread: the 95th percentile lies nine tenths of the jitter above.
	best, unloaded := slots/mean.Seconds(), mean+jitter*9/10
	used, slower := rate/best, float64(p95)/float64(unloaded)
	tell(Figure{
		"32 hidden slots and a queue, no configuration, after 60 s", fmt.Sprintf("%.1f %% of the best throughput, 95th percentile %.2f times the unloaded one", 100*used, slower),
		"at least 95 %, below 1.5", used >= 0.95 && slower < 1.5,
	})
	for _, now := range []int{slots / 2, slots} {
		l.endpoint.resize(now)
		cfg.Progress(fmt.Sprintf("hidden slots: now %d, half a minute to follow", now))
		if err := pause(ctx, 30*time.Second); err != nil {
			return err
		}
		if rate, p95, err = l.endpoint.watch(ctx, 30*time.Second); err != nil {
			return err
		}
		used, slower = rate/(float64(now)/mean.Seconds()), float64(p95)/float64(unloaded)
		tell(Figure{
			fmt.Sprintf("capacity becomes %d, 30 s later", now), fmt.Sprintf("%.1f %% of the best throughput, 95th percentile %.2f times the unloaded one", 100*used, slower),
			"follows both ways", used >= 0.9 && slower < 1.75,
		})
	}
	totals, err := l.conn.Totals(ctx)
	if err != nil {
		return err
	}
	tell(Figure{"the same: dead letters", strconv.FormatUint(totals.Dead, 10), "none", totals.Dead == 0})
	return nil
}

// outage: five minutes, scaled to one, with jobs waiting.
func outage(ctx context.Context, cfg Config, tell func(Figure)) error {
	const jobs, slots = 10_000, 64
	const latency, down = 400 * time.Millisecond, time.Minute
	cfg.Progress("outage: queueing")
	l, err := cfg.lab(ctx, llmtest.Script{Latency: latency}, 0)
	if err != nil {
		return err
	}
	defer l.close()
	if err := preload(ctx, l.conn, jobs); err != nil {
		return err
	}
	if err := l.work(ctx, slots); err != nil {
		return err
	}
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	before, _, err := l.endpoint.watch(ctx, 5*time.Second)
	if err != nil {
		return err
	}
	cfg.Progress("outage: down for a minute")
	l.endpoint.look()
	gone := time.Now()
	l.endpoint.setAway(true)
	if err := pause(ctx, down); err != nil {
		return err
	}
	_, refused := l.endpoint.look()
	l.endpoint.setAway(false)
	cfg.Progress("outage: back")
	if err := pause(ctx, 5*time.Second); err != nil {
		return err
	}
	after, _, err := l.endpoint.watch(ctx, 5*time.Second)
	if err != nil {
		return err
	}
	if _, err := l.workers[0].waitFor(ctx, l.conn, jobs); err != nil {
		return err
	}
	// Calls that were on their way when it went are no probes.
	probes := len(slices.DeleteFunc(refused, func(at time.Time) bool { return at.Before(gone.Add(time.Second)) }))
	attempts, dead, err := l.attempts(ctx)
	if err != nil {
		return err
	}
	tell(Figure{
		"endpoint down for 5 minutes (scaled to 1) with 10,000 jobs waiting",
		fmt.Sprintf("%d attempts used, %d dead, %.2f probes a second, %.0f %% of the speed before 5 s after its return", attempts, dead, float64(probes)/down.Seconds(), 100*after/before),
		"none, none, at most 1, full speed", attempts == 0 && dead == 0 && float64(probes) <= down.Seconds() && after >= 0.95*before,
	})
	return nil
}

// attempts counts the attempts beyond each job's first, and the dead.
func (l *lab) attempts(ctx context.Context) (more int, dead uint64, err error) {
	totals, err := l.conn.Totals(ctx)
	if err != nil {
		return 0, 0, err
	}
	err = l.conn.Results(ctx, queue.ResultFilter{}, func(r queue.StoredResult) error {
		more += r.Result.Receipt.Attempts - 1
		return nil
	})
	return more, totals.Dead, err
}

// throttledCalls: three in ten calls are answered 429.
func throttledCalls(ctx context.Context, cfg Config, tell func(Figure)) error {
	const jobs, slots = 1000, 32
	cfg.Progress("throttled: queueing")
	l, err := cfg.lab(ctx, llmtest.Script{
		Latency: 200 * time.Millisecond, Seed: 1,
		Random: []llmtest.Chance{{P: 0.3, Step: llmtest.Step{Status: 429, Header: map[string]string{"Retry-After": "1"}, Body: `{"error":{"message":"slow down"}}`}}},
	}, 0)
	if err != nil {
		return err
	}
	defer l.close()
	if err := preload(ctx, l.conn, jobs); err != nil {
		return err
	}
	if err := l.work(ctx, slots); err != nil {
		return err
	}
	cfg.Progress("throttled: working")
	totals, err := l.workers[0].waitFor(ctx, l.conn, jobs)
	if err != nil {
		return err
	}
	seen := l.endpoint.answers.Ledger()
	extra := seen.Calls - jobs - seen.Throttled
	tell(Figure{
		"30 % of calls answered 429 with Retry-After", fmt.Sprintf("%d of %d jobs done, %d answered 429, %d calls beyond those, %d before their time", totals.Results, jobs, seen.Throttled, extra, seen.Early),
		"every job, within 3 % of the 429s", totals.Results == jobs && float64(extra) <= 0.03*float64(seen.Throttled),
	})
	return nil
}

// copies: a thousand jobs, of which 200 are copies of others.
func copies(ctx context.Context, cfg Config, tell func(Figure)) error {
	const originals, twins, workers, slots = 800, 200, 8, 16
	cfg.Progress("copies: queueing")
	l, err := cfg.lab(ctx, llmtest.Script{Latency: 200 * time.Millisecond, Jitter: 100 * time.Millisecond}, 0)
	if err != nil {
		return err
	}
	defer l.close()
	producer := queue.NewProducer(l.conn)
	for i := range originals + twins {
		// Each of the first 200 comes twice in a row: at the same moment, as from an agency.
		n := i / 2
		if i >= 2*twins {
			n = i - twins
		}
		if _, err := producer.Submit(ctx, queue.Job{ID: fmt.Sprintf("bench-%d", i), Article: article(n)}, queue.Route{Source: "bench"}); err != nil {
			return err
		}
	}
	for range workers {
		if err := l.work(ctx, slots); err != nil {
			return err
		}
	}
	cfg.Progress("copies: working")
	totals, err := l.workers[0].waitFor(ctx, l.conn, originals+twins)
	if err != nil {
		return err
	}
	seen := l.endpoint.answers.Ledger()
	twice := 0
	for _, n := range seen.BilledByJob {
		twice += max(0, n-1)
	}
	tell(Figure{
		"1,000 jobs, 200 of them copies, 8 workers", fmt.Sprintf("%d paid calls, %d paid twice, %d results", seen.Billed, twice, totals.Results),
		"exactly 800", seen.Billed == originals && totals.Results == originals+twins,
	})
	return nil
}

// budget: a day's cap that is reached with 64 calls in flight, over four workers.
func budget(ctx context.Context, cfg Config, tell func(Figure)) error {
	const jobs, workers, slots = 600, 4, 16
	const in, out, limit = 1.0, 4.0, 1.0 // a million tokens, and the cap
	cfg.Progress("budget: queueing")
	l, err := cfg.lab(ctx, llmtest.Script{Latency: 200 * time.Millisecond, Jitter: 100 * time.Millisecond}, 0)
	if err != nil {
		return err
	}
	defer l.close()
	if err := preload(ctx, l.conn, jobs); err != nil {
		return err
	}
	for range workers {
		if err := l.work(
			ctx, slots, "--price-input", fmt.Sprint(in), "--price-output", fmt.Sprint(out), "--budget-day", fmt.Sprint(limit), "--over-budget", "end",
		); err != nil {
			return err
		}
	}
	cfg.Progress("budget: working")
	totals, err := l.workers[0].waitFor(ctx, l.conn, jobs)
	if err != nil {
		return err
	}
	seen := l.endpoint.answers.Ledger()
	billed := (in*float64(seen.TokensIn) + out*float64(seen.TokensOut)) / 1e6
	tell(Figure{
		fmt.Sprintf("a day's budget of %.2f under 64 in flight, 4 workers", limit),
		fmt.Sprintf("%.6f billed by the endpoint; %d results and %d dead letters of %d jobs", billed, totals.Results, totals.Dead, jobs),
		"never above the cap, every job ends", billed <= limit && billed > limit/2 && totals.Results+totals.Dead == jobs && totals.Dead > 0,
	})
	return nil
}
