package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// metrics of one worker. Labels are of closed sets, but for the endpoint's
// label and the currency, which the configuration bounds.
type metrics struct {
	jobs      *prometheus.CounterVec // lane, outcome
	dead      *prometheus.CounterVec // cause
	llmCalls  *prometheus.CounterVec // endpoint, class
	tokens    *prometheus.CounterVec // kind
	cost      *prometheus.CounterVec // currency
	checks    *prometheus.CounterVec // check, verdict
	jobTime   *prometheus.HistogramVec
	queueTime *prometheus.HistogramVec
	callTime  prometheus.Histogram
	reused    prometheus.Counter
	unstored  prometheus.Counter
	hedged    prometheus.Counter
	// unrecorded calls of the record of spending.
	unrecorded prometheus.Counter
}

// callOK is the class label of a call that gave its answer.
const callOK = "ok"

func newMetrics(reg prometheus.Registerer, inHand func() float64) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mujaz_" + name, Help: help}, labels)
	}
	// From a cached answer to a long article on a small model.
	seconds := prometheus.ExponentialBuckets(0.005, 2.5, 14)
	histogram := func(name, help string) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: "mujaz_" + name, Help: help, Buckets: seconds}
	}
	m := &metrics{
		jobs:       counter("jobs_total", "Deliveries by how they ended.", "lane", "outcome"),
		dead:       counter("dead_letters_total", "Dead letters by cause.", "cause"),
		llmCalls:   counter("llm_calls_total", "HTTP calls to the endpoint by class; ok gave an answer.", "endpoint", "class"),
		tokens:     counter("llm_tokens_total", "Tokens as reported or, where not reported, estimated.", "kind"),
		cost:       counter("llm_cost_total", "Cost of the calls, where a price is known.", "currency"),
		checks:     counter("checks_total", "Verdicts of the checks on published results.", "check", "verdict"),
		jobTime:    prometheus.NewHistogramVec(histogram("job_seconds", "From a job's delivery to its end."), []string{"lane"}),
		queueTime:  prometheus.NewHistogramVec(histogram("queue_seconds", "From a job's arrival in the queue to its delivery."), []string{"lane"}),
		callTime:   prometheus.NewHistogram(histogram("llm_call_seconds", "One HTTP call to the endpoint.")),
		reused:     prometheus.NewCounter(prometheus.CounterOpts{Name: "mujaz_answers_reused_total", Help: "Answers found in the ledger instead of being paid for."}),
		hedged:     prometheus.NewCounter(prometheus.CounterOpts{Name: "mujaz_calls_hedged_total", Help: "Second calls made beside a slow one."}),
		unstored:   prometheus.NewCounter(prometheus.CounterOpts{Name: "mujaz_answers_unstored_total", Help: "Answers that could not be stored in the ledger."}),
		unrecorded: prometheus.NewCounter(prometheus.CounterOpts{Name: "mujaz_calls_unrecorded_total", Help: "Calls that are missing in the record of spending."}),
	}
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mujaz_jobs_in_flight", Help: "Jobs in hand."}, inHand)
	for _, c := range []prometheus.Collector{
		m.jobs, m.dead, m.llmCalls, m.tokens, m.cost, m.checks, m.jobTime, m.queueTime, m.callTime, m.reused, m.unstored, m.hedged, m.unrecorded, inFlight,
	} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// endpoints tells of each endpoint what may be asked of it now.
type endpoints struct {
	chain                            *chain
	open, inFlight, requests, tokens *prometheus.Desc
}

func newEndpoints(c *chain) *endpoints {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("mujaz_"+name, help, []string{"endpoint"}, nil)
	}
	const share = "This worker's share of the endpoint's limit a minute; 0 where none is known."
	return &endpoints{
		chain:    c,
		open:     desc("endpoint_open", "1 while calls are made, 0 while the endpoint is paused."),
		inFlight: desc("endpoint_calls_limit", "How many calls may be under way, as configured or found."),
		requests: desc("requests_per_minute", share),
		tokens:   desc("tokens_per_minute", share),
	}
}

func (c *endpoints) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.open, c.inFlight, c.requests, c.tokens} {
		ch <- d
	}
}

func (c *endpoints) Collect(ch chan<- prometheus.Metric) {
	seen := map[string]bool{}
	for _, e := range c.chain.all() {
		label := e.llm.Label()
		if seen[label] { // two models of one endpoint
			continue
		}
		seen[label] = true
		open := 0.0
		if e.gate.Status().Open {
			open = 1
		}
		requests, tokens := e.allowance.perMinute()
		for desc, value := range map[*prometheus.Desc]float64{c.open: open, c.inFlight: float64(e.inflight.bound()), c.requests: requests, c.tokens: tokens} {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, label)
		}
	}
}

// calls counts what one Complete did.
func (m *metrics) calls(endpoint string, resp llm.Response, err error) {
	calls := resp.Calls
	if e := llmError(err); e != nil {
		calls = e.Calls
	}
	for _, c := range calls {
		class := string(c.Class)
		if class == "" {
			class = callOK
		}
		m.llmCalls.WithLabelValues(endpoint, class).Inc()
		m.callTime.Observe(c.Time.Seconds())
	}
}

// usage counts what a job used.
func (m *metrics) usage(u queue.Usage) {
	m.tokens.WithLabelValues("in").Add(float64(u.TokensIn))
	m.tokens.WithLabelValues("out").Add(float64(u.TokensOut))
	m.tokens.WithLabelValues("cached").Add(float64(u.TokensCached))
	if u.Cost > 0 {
		m.cost.WithLabelValues(u.Currency).Add(u.Cost)
	}
}

// lag reports each lane's backlog when it is scraped.
type lag struct {
	conn             *queue.Conn
	pending, ackWait *prometheus.Desc
}

func newLag(conn *queue.Conn) *lag {
	return &lag{
		conn:    conn,
		pending: prometheus.NewDesc("mujaz_queue_pending", "Jobs that wait in the queue.", []string{"lane"}, nil),
		ackWait: prometheus.NewDesc("mujaz_queue_ack_pending", "Jobs that are delivered and not yet acked, over all workers.", []string{"lane"}, nil),
	}
}

func (l *lag) Describe(ch chan<- *prometheus.Desc) {
	ch <- l.pending
	ch <- l.ackWait
}

// lagTimeout keeps a scrape from hanging while the server is away; the lag is
// then absent, which is what is known of it.
const lagTimeout = time.Second

func (l *lag) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), lagTimeout)
	defer cancel()
	for _, lane := range queue.Lanes() {
		backlog, err := l.conn.Backlog(ctx, lane)
		if err != nil {
			continue
		}
		ch <- prometheus.MustNewConstMetric(l.pending, prometheus.GaugeValue, float64(backlog.Pending), string(lane))
		ch <- prometheus.MustNewConstMetric(l.ackWait, prometheus.GaugeValue, float64(backlog.AckPending), string(lane))
	}
}
