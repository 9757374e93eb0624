package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/internal/natsembed"
)

// Role is what a child process does that is no command of its own.
type Role string

// The roles.
const (
	RoleNATS     Role = "nats"
	RoleEndpoint Role = "endpoint"
)

// Children read their parameters from the first line of standard input, print
// a line when they are ready, and end when standard input closes, with a
// report as their last line.
type (
	natsParams struct {
		Dir        string
		SyncAlways bool
	}
	endpointParams struct {
		Latency                            time.Duration
		RequestsPerMinute, TokensPerMinute int
	}
	endpointReport struct {
		First, Last                     time.Time // request
		Calls, MaxInFlight, Connections int
		Throttled, Tokens               int
	}
)

// Serve is a child's life.
func Serve(ctx context.Context, role Role, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	params, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("bench %s: read parameters: %w", role, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		// Standard input closes when the parent is done, or gone.
		io.Copy(io.Discard, lines) //nolint:errcheck // any end is the end
		cancel()
	}()
	switch role {
	case RoleNATS:
		return serveNATS(ctx, params, out)
	case RoleEndpoint:
		return serveEndpoint(ctx, params, out)
	}
	return fmt.Errorf("bench: no role %q", role)
}

func serveNATS(ctx context.Context, params []byte, out io.Writer) error {
	var p natsParams
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	server, err := natsembed.Start(ctx, natsembed.Config{StoreDir: p.Dir, SyncAlways: p.SyncAlways})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, server.ClientURL())
	<-ctx.Done()
	server.Shutdown()
	fmt.Fprintln(out, "{}")
	return nil
}

func serveEndpoint(ctx context.Context, params []byte, out io.Writer) error {
	var p endpointParams
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	var mu sync.Mutex
	var first, last time.Time
	server := llmtest.New(llmtest.Script{
		Latency: p.Latency, RequestsPerMinute: p.RequestsPerMinute, TokensPerMinute: p.TokensPerMinute,
		Choose: func(*llmtest.Request) (llmtest.Step, bool) {
			mu.Lock()
			defer mu.Unlock()
			if last = time.Now(); first.IsZero() {
				first = last
			}
			return llmtest.Step{}, false
		},
	})
	if err := server.Listen("127.0.0.1:0"); err != nil { //nolint:contextcheck // it ends by Close
		return err
	}
	fmt.Fprintln(out, server.URL())
	<-ctx.Done()
	server.Close()
	ledger := server.Ledger()
	return json.NewEncoder(out).Encode(endpointReport{
		First: first, Last: last, Calls: ledger.Calls, MaxInFlight: ledger.MaxInFlight, Connections: ledger.Connections,
		Throttled: ledger.Throttled, Tokens: ledger.TokensIn + ledger.TokensOut,
	})
}

// child is a running role.
type child struct {
	role  Role
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
	ready string
	ended bool
}

// spawn starts a child and waits until it is ready.
func (c Config) spawn(ctx context.Context, role Role, params any) (*child, error) {
	cmd := exec.CommandContext(ctx, c.Self, append(slices.Clone(c.RoleArgs), string(role))...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start bench %s: %w", role, err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start bench %s: %w", role, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start bench %s: %w", role, err)
	}
	ch := &child{role: role, cmd: cmd, stdin: stdin, out: bufio.NewReader(stdout)}
	if err := json.NewEncoder(stdin).Encode(params); err != nil {
		ch.stop()
		return nil, fmt.Errorf("start bench %s: %w", role, err)
	}
	line, err := ch.out.ReadString('\n')
	if err != nil {
		ch.stop()
		return nil, fmt.Errorf("start bench %s: it ended before it was ready: %w", role, err)
	}
	ch.ready = strings.TrimSpace(line)
	return ch, nil
}

// finish ends a child in order and reads its report.
func (c *child) finish(report any) error {
	c.ended = true
	c.stdin.Close() //nolint:errcheck // a child that is gone has closed it
	err := json.NewDecoder(c.out).Decode(report)
	if waitErr := c.cmd.Wait(); waitErr != nil {
		return fmt.Errorf("bench %s: %w", c.role, waitErr)
	}
	if err != nil {
		return fmt.Errorf("bench %s: read its report: %w", c.role, err)
	}
	return nil
}

// stop ends a child that is not needed any more.
func (c *child) stop() {
	if !c.ended {
		var ignored json.RawMessage
		c.finish(&ignored) //nolint:errcheck // it has served its purpose
	}
}

// usedCPU is what an ended process used, in seconds.
func usedCPU(state *os.ProcessState) float64 {
	return (state.UserTime() + state.SystemTime()).Seconds()
}

// cpuOf is what a running process has used so far, in seconds; 0 where the
// system does not tell.
func cpuOf(pid int) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// Fields are counted from behind the name, which may hold spaces.
	_, rest, found := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if !found || len(fields) < 13 {
		return 0
	}
	var user, system float64
	fmt.Sscan(fields[11]+" "+fields[12], &user, &system) //nolint:errcheck // zero stands for unknown
	const ticks = 100                                    // USER_HZ, fixed on Linux
	return (user + system) / ticks
}
