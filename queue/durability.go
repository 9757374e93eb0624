package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
)

// Durability is what a power cut would take of what the server has confirmed,
// as far as a client can know. The crash of a process takes nothing.
type Durability struct {
	// Replicas is the smallest number of copies that a stream has.
	Replicas int
	// Known tells whether the server let us see how it syncs; Why says what
	// was tried if not.
	Known bool
	Why   string
	// SyncAlways: every message is on disk before its confirmation.
	SyncAlways bool
	// SyncInterval is what can pass between two syncs else.
	SyncInterval time.Duration
}

// Safe reports that a power cut takes nothing, of one node or of all.
func (d Durability) Safe() bool { return d.Known && d.SyncAlways }

// String says what would be lost, in one sentence.
func (d Durability) String() string {
	copies := fmt.Sprintf("%d copies of every stream", d.Replicas)
	if d.Replicas <= 1 {
		copies = "one copy of every stream"
	}
	last := "the last " + d.SyncInterval.String()
	if !d.Known {
		last = "all that was not synced yet (by default the last 2 minutes)"
	}
	switch {
	case d.Safe():
		return copies + ", every message on disk before it is confirmed: a power cut takes nothing"
	case d.Replicas > 1:
		return copies + ": a power cut of one node takes nothing, one of all nodes " + last
	}
	return copies + ": a power cut takes " + last
}

// Advice is what to do about it; empty where nothing is lost.
func (d Durability) Advice() string {
	switch {
	case d.Safe():
		return ""
	case !d.Known:
		return "How often the server syncs is not known (" + d.Why + "): name its monitoring address with --nats-monitor, or see that its configuration says sync_interval: always, as deploy/nats/single.conf does."
	}
	return "Set sync_interval: always on the server, as deploy/nats/single.conf does; it costs publishes a second, not LLM calls."
}

const (
	// monitorPort is where nats-server serves its monitoring by convention.
	monitorPort = "8222"
	// monitorTimeout bounds a look that is worth little waiting.
	monitorTimeout = 2 * time.Second
	// maxMonitorBytes bounds the answer, some kilobytes for thousands of streams.
	maxMonitorBytes = 1 << 20
)

// Durability looks at the streams, and at how the connected server syncs: by
// the system account's requests where this user may make them, else by the
// monitoring address, such as "http://127.0.0.1:8222". Without an address, that
// of a server on this machine is tried; an answer of another server counts for
// nothing.
func (c *Conn) Durability(ctx context.Context, monitor string) (Durability, error) {
	d := Durability{}
	for _, name := range c.streams() {
		info, err := c.streamInfo(ctx, name)
		if err != nil {
			return d, fmt.Errorf("look up stream %s: %w", name, err)
		}
		if d.Replicas == 0 || info.Config.Replicas < d.Replicas {
			d.Replicas = info.Config.Replicas
		}
	}
	look, cancel := context.WithTimeout(ctx, monitorTimeout)
	defer cancel()
	sync, err := c.askSystem(look)
	if err != nil {
		if monitor = cmp.Or(monitor, c.localMonitor()); monitor == "" {
			d.Why = "the server is on another machine, and no monitoring address is given"
			return d, ctx.Err()
		}
		if sync, err = c.askMonitor(look, monitor); err != nil {
			d.Why = err.Error()
			return d, ctx.Err()
		}
	}
	d.Known, d.SyncAlways, d.SyncInterval = true, sync.always, sync.interval
	return d, nil
}

// syncing is what nats-server 2.15 tells of itself in JSZ.
type syncing struct {
	ServerID string `json:"server_id"`
	Config   struct {
		SyncInterval int64 `json:"sync_interval"` // nanoseconds
		SyncAlways   bool  `json:"sync_always"`
	} `json:"config"`
}

type syncOptions struct {
	always   bool
	interval time.Duration
}

func (c *Conn) ofServer(s syncing) (syncOptions, error) {
	if s.ServerID != c.nc.ConnectedServerId() {
		return syncOptions{}, errors.New("the answer is that of another server")
	}
	return syncOptions{s.Config.SyncAlways, time.Duration(s.Config.SyncInterval)}, nil
}

// askSystem works for users of the system account, and where an account
// imports its requests.
func (c *Conn) askSystem(ctx context.Context) (syncOptions, error) {
	subject := "$SYS.REQ.SERVER." + c.nc.ConnectedServerId() + ".JSZ"
	var reply *nats.Msg
	err := c.guard(ctx, func(ctx context.Context) (err error) {
		reply, err = c.nc.RequestWithContext(ctx, subject, nil)
		return err
	}, subject)
	if err != nil {
		return syncOptions{}, err
	}
	var answer struct {
		Data syncing `json:"data"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return syncOptions{}, errors.New("the server's answer cannot be read")
	}
	return c.ofServer(answer.Data)
}

func (c *Conn) askMonitor(ctx context.Context, monitor string) (syncOptions, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(monitor, "/")+"/jsz", nil)
	if err != nil {
		return syncOptions{}, errors.New("the monitoring address is not valid")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return syncOptions{}, errors.New("its monitoring does not answer at " + RedactURL(monitor))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxMonitorBytes))
	var s syncing
	if err != nil || response.StatusCode != http.StatusOK || json.Unmarshal(body, &s) != nil {
		return syncOptions{}, errors.New("what answers at " + RedactURL(monitor) + " is no monitoring of nats-server")
	}
	return c.ofServer(s)
}

// localMonitor is where a server on this machine serves its monitoring.
func (c *Conn) localMonitor() string {
	u, err := url.Parse(c.nc.ConnectedUrl())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return "http://" + net.JoinHostPort(u.Hostname(), monitorPort)
	}
	return ""
}
