package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// puller asks one lane's consumer for jobs. It speaks the pull protocol
// itself (https://docs.nats.io/reference/reference-protocols/nats_api_reference#consumer-pull),
// because nats.go's Fetch subscribes anew for each batch and its Messages
// buffers ahead of the slots. It is not safe for concurrent use.
type puller struct {
	nc      *nats.Conn
	denials *denials
	subject string // the consumer's MSG.NEXT
	inbox   string // prefix of the reply subjects, one a request
	sub     *nats.Subscription
	msgs    chan *nats.Msg
	lost    chan nats.Status // told when the connection is
	serial  uint64
}

// Limits of one pull.
const (
	// pollWait is how long an idle worker's request stands at the server.
	pollWait = 10 * time.Second
	// pollHeartbeat tells a server that is quiet from one that is gone.
	pollHeartbeat = 2500 * time.Millisecond
	// pullGrace is how much longer than asked for a reply may take.
	pullGrace = 5 * time.Second
	// maxPull bounds one request, and with it the client's buffer.
	maxPull = 1024
)

// errConsumerGone: the consumer or its stream was deleted, or never was. A
// server that is just stopping or starting looks the same.
var errConsumerGone = errors.New("the lane's consumer is not there on the server")

func newPuller(c *Conn, lane Lane) (*puller, error) {
	p := &puller{
		nc:      c.nc,
		denials: c.denials,
		subject: "$JS.API.CONSUMER.MSG.NEXT." + c.topo.JobsStream(lane) + "." + c.topo.Durable(lane),
		inbox:   c.nc.NewInbox() + ".",
		msgs:    make(chan *nats.Msg, 2*maxPull),
	}
	sub, err := c.nc.ChanSubscribe(p.inbox+"*", p.msgs)
	if err != nil {
		return nil, fmt.Errorf("subscribe to the %s lane: %w", lane, err)
	}
	p.sub = sub
	p.lost = c.nc.StatusChanged(nats.RECONNECTING, nats.CLOSED)
	return p, nil
}

// close ends the interest, whereupon the server drops requests that still
// stand, and returns the jobs that it had sent before.
func (p *puller) close() []*nats.Msg {
	defer p.nc.RemoveStatusListener(p.lost)
	// Drain, not Unsubscribe: that would throw away what is on its way, for
	// the length of AckWait. What remains is a job that the server leases in
	// the microseconds between its look for interest and the end of it. Both
	// fail only when the connection is gone, and with it the jobs.
	if p.sub.Drain() == nil {
		_ = p.nc.FlushTimeout(pullGrace)
	}
	var jobs []*nats.Msg
	for {
		select {
		case msg := <-p.msgs:
			if isJob(msg) {
				jobs = append(jobs, msg)
			}
		default:
			return jobs
		}
	}
}

// isJob tells a delivery from a status of the pull protocol.
func isJob(msg *nats.Msg) bool { return strings.HasPrefix(msg.Reply, "$JS.ACK.") }

// take returns at once with at most n jobs that are waiting now.
func (p *puller) take(ctx context.Context, n int) ([]*nats.Msg, error) {
	n = min(n, maxPull)
	return p.request(ctx, n, fmt.Appendf(nil, `{"batch":%d,"no_wait":true}`, n), pullGrace, pullGrace)
}

// poll waits for one job, for at most wait.
func (p *puller) poll(ctx context.Context, wait time.Duration) ([]*nats.Msg, error) {
	body := fmt.Appendf(nil, `{"batch":1,"expires":%d`, wait.Nanoseconds())
	silence := wait + pullGrace
	if wait > 2*pollHeartbeat {
		body = fmt.Appendf(body, `,"idle_heartbeat":%d`, pollHeartbeat.Nanoseconds())
		silence = 2 * pollHeartbeat
	}
	return p.request(ctx, 1, append(body, '}'), wait+pullGrace, silence)
}

// request sends one pull and collects until n jobs are there, the server ends
// the request, or nothing was heard for silence. Jobs that came are returned
// with an error too: they are ours.
func (p *puller) request(ctx context.Context, n int, body []byte, total, silence time.Duration) ([]*nats.Msg, error) {
	p.serial++
	reply := p.inbox + strconv.FormatUint(p.serial, 10)
	ctx, stop := p.denials.watch(ctx, p.subject)
	defer stop()
	p.forgetLosses()
	if err := p.nc.PublishRequest(p.subject, reply, body); err != nil {
		return nil, fmt.Errorf("pull: %w", err)
	}
	var got []*nats.Msg
	deadline := time.NewTimer(total)
	defer deadline.Stop()
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for len(got) < n {
		select {
		case msg := <-p.msgs:
			quiet.Reset(silence)
			if isJob(msg) {
				got = append(got, msg)
				continue
			}
			if msg.Subject != reply {
				continue // the end of an earlier request
			}
			ended, err := pullStatus(msg)
			if ended {
				return got, err
			}
		case <-p.lost:
			// The request died with the connection.
			return got, fmt.Errorf("pull: %w", nats.ErrDisconnected)
		case <-quiet.C:
			return got, fmt.Errorf("pull: the server is silent: %w", nats.ErrTimeout)
		case <-deadline.C:
			return got, fmt.Errorf("pull: %w", nats.ErrTimeout)
		case <-ctx.Done():
			return got, context.Cause(ctx)
		}
	}
	return got, nil
}

// forgetLosses drops what was told of the connection before this request.
func (p *puller) forgetLosses() {
	for {
		select {
		case _, open := <-p.lost:
			if open {
				continue
			}
		default:
		}
		return
	}
}

// pullStatus reads a message without a job. It ends the request, unless it is
// a heartbeat.
func pullStatus(msg *nats.Msg) (ended bool, err error) {
	description := msg.Header.Get("Description")
	switch status := msg.Header.Get("Status"); status {
	case "100":
		return false, nil
	case "404", "408":
		return true, nil
	case "503":
		return true, errConsumerGone
	case "409":
		if strings.Contains(description, "Consumer Deleted") {
			return true, errConsumerGone
		}
		// Leadership change, shutdown, too many pulls: ask again.
		return true, fmt.Errorf("pull: %s", description)
	default:
		return true, fmt.Errorf("pull: server status %s %s", status, description)
	}
}
