package chaos

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
)

// headerWorker tells the endpoint who calls. Workers get it by --header.
const headerWorker = "X-Chaos-Worker"

// endpoint is the stand-in and the journal of what it was asked.
type endpoint struct {
	server *llmtest.Server
	choose func(job string, nth int) (trouble, bool)
	seed   maphash.Seed

	mu    sync.Mutex
	calls map[int]*Call  // by number
	asked map[string]int // calls of a job
}

// trouble is what a call meets instead of a good answer.
type trouble struct {
	name  string
	step  llmtest.Step
	final bool // see Call.Final
}

// startEndpoint answers each call after latency, more or less, or as choose
// says of the nth call of a job, from 0. Choose may be nil.
func startEndpoint(latency time.Duration, choose func(job string, nth int) (trouble, bool)) (*endpoint, error) {
	e := &endpoint{choose: choose, seed: maphash.MakeSeed(), calls: map[int]*Call{}, asked: map[string]int{}}
	e.server = llmtest.New(llmtest.Script{Latency: latency, Jitter: latency / 2, Choose: e.arrived, Done: e.ended})
	if err := e.server.Listen("127.0.0.1:0"); err != nil {
		return nil, err
	}
	return e, nil
}

// articleNumber finds the job in a prompt; see article.
var articleNumber = regexp.MustCompile(`رقم ([0-9]+) في سجل`)

// arrived enters a call and says what it gets.
func (e *endpoint) arrived(r *llmtest.Request) (llmtest.Step, bool) {
	call := &Call{
		Question: maphash.Bytes(e.seed, r.Body), Worker: r.Header.Get(headerWorker), Arrived: time.Now(),
		Mark: llmtest.ModelName + "-" + strconv.Itoa(r.Number), Final: true,
	}
	if m := articleNumber.FindStringSubmatch(r.User()); m != nil {
		call.Job = m[1]
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	nth := e.asked[call.Job]
	e.asked[call.Job]++
	e.calls[r.Number] = call
	if e.choose != nil {
		if t, found := e.choose(call.Job, nth); found {
			call.Fault, call.Final = t.name, t.final
			if t.step.Completion.Model == "" {
				t.step.Completion.Model = call.Mark
			}
			return t.step, true
		}
	}
	return llmtest.Step{Completion: llmtest.Completion{Model: call.Mark}}, true
}

func (e *endpoint) ended(number int, sent bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls[number].Ended, e.calls[number].Sent = time.Now(), sent
}

// progress is how many jobs have come as far as a call.
func (e *endpoint) progress() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.asked)
}

// underWay counts calls that have not ended.
func (e *endpoint) underWay() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, c := range e.calls {
		if c.Ended.IsZero() {
			n++
		}
	}
	return n
}

// journal copies the calls, in the order of arrival.
func (e *endpoint) journal() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Call, 0, len(e.calls))
	for number := 1; len(out) < len(e.calls); number++ {
		if c, found := e.calls[number]; found {
			out = append(out, *c)
		}
	}
	return out
}

// linked is the endpoint's URL through a link.
func (e *endpoint) linked(ctx context.Context) (string, *link, error) {
	u, err := url.Parse(e.server.URL())
	if err != nil {
		return "", nil, fmt.Errorf("address of the endpoint: %w", err)
	}
	l, err := newLink(ctx, u.Host)
	if err != nil {
		return "", nil, err
	}
	u.Host = l.address()
	return u.String(), l, nil
}
