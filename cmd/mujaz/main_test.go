package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mujaz": main})
}

// secretKey and its like must never be seen in any output.
const (
	secretKey      = "sk-TOPSECRET-key-0123456789"
	secretPassword = "TOPSECRET-nats-password"
	secretHeader   = "TOPSECRET-header-value"
)

// world is what a script can talk to.
type world struct {
	nats *queuetest.Server
	llm  *llmtest.Server
	gate *llmtest.Gate
}

type worldKey struct{}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
			env.Values[worldKey{}] = w
			for name, value := range baseEnv(w) {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "ready": cmdReady, "pending": cmdPending,
			"hold": cmdHold, "arrived": cmdArrived, "open": cmdOpen, "streams": cmdStreams, "refuse": cmdRefuse(t), "unready": cmdUnready,
		},
	})
}

// baseEnv is the environment of a script: a server, an endpoint, and nothing
// that a machine happens to have.
func baseEnv(w *world) map[string]string {
	return map[string]string{
		"NATS_URL": w.nats.URL, "OPENAI_BASE_URL": w.llm.URL(), "OPENAI_API_KEY": secretKey, "MUJAZ_MODEL": llmtest.ModelName,
		"MUJAZ_OLLAMA_URL": "off", "MUJAZ_LOCAL_MODEL": "off", "MUJAZ_HEALTH_LISTEN": freeAddress(), "COLUMNS": "100",
	}
}

// freeAddress is free when it is asked for, and most likely later.
func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func worldOf(ts *testscript.TestScript) *world {
	w, ok := ts.Value(worldKey{}).(*world)
	if !ok {
		ts.Fatalf("the script has no world")
	}
	return w
}

const patience = 30 * time.Second

// until polls what no event announces.
func until(ts *testscript.TestScript, what string, cond func() bool) {
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("it never came to this: %s", what)
		}
	}
}

// cmdExits runs a command that must end with this exit code.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, found := errors.AsType[*exec.ExitError](err); found {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdReady waits for the worker of the script to be ready.
func cmdReady(ts *testscript.TestScript, _ bool, _ []string) {
	until(ts, "the worker is ready", func() bool {
		resp, err := http.Get("http://" + ts.Getenv("MUJAZ_HEALTH_LISTEN") + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// cmdUnready waits until the worker says that it cannot work.
func cmdUnready(ts *testscript.TestScript, _ bool, _ []string) {
	until(ts, "the worker is not ready", func() bool {
		resp, err := http.Get("http://" + ts.Getenv("MUJAZ_HEALTH_LISTEN") + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	})
}

// cmdRefuse puts an endpoint that refuses the key in the place of the other.
func cmdRefuse(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		refuses := llmtest.Step{Status: http.StatusUnauthorized, Body: `{"error":{"message":"Incorrect API key provided: ` + secretKey + `"}}`}
		server := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{refuses}, RepeatLast: true})
		ts.Setenv("OPENAI_BASE_URL", server.URL())
	}
}

// cmdStreams creates the streams, as a first worker would.
func cmdStreams(ts *testscript.TestScript, _ bool, _ []string) {
	conn, err := queue.Connect(context.Background(), queue.ConnConfig{URL: worldOf(ts).nats.URL})
	ts.Check(err)
	defer conn.Close()
	ts.Check(conn.Ensure(context.Background()))
}

// cmdPending waits for this many jobs in the live lane.
func cmdPending(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseUint(args[0], 10, 64)
	ts.Check(err)
	conn, err := queue.Connect(context.Background(), queue.ConnConfig{URL: worldOf(ts).nats.URL})
	ts.Check(err)
	defer conn.Close()
	until(ts, args[0]+" jobs wait", func() bool {
		backlog, err := conn.Backlog(context.Background(), queue.LaneLive)
		return err == nil && backlog.Pending == want
	})
}

// cmdHold, cmdArrived and cmdOpen hold the endpoint's calls, wait for one, and
// let them go.
func cmdHold(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	w.gate = w.llm.Hold()
}

func cmdArrived(ts *testscript.TestScript, _ bool, _ []string) {
	select {
	case <-worldOf(ts).gate.Arrived():
	case <-time.After(patience):
		ts.Fatalf("no call arrived")
	}
}

func cmdOpen(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).gate.Open() }

// safeBuffer is a buffer that a command writes to while the test reads.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// call is a run of the program within the test.
type call struct {
	out, err safeBuffer
	signals  chan os.Signal
	code     chan int
}

// start runs mujaz with this environment and nothing of the machine's.
func start(t *testing.T, env map[string]string, args ...string) *call {
	t.Helper()
	c := &call{signals: make(chan os.Signal, 2), code: make(chan int, 1)}
	p := &program{
		in: strings.NewReader(""), out: &c.out, err: &c.err, signals: c.signals, version: "test",
		lookup: func(name string) (string, bool) { v, found := env[name]; return v, found },
	}
	go func() { c.code <- run(t.Context(), args, p) }()
	return c
}

// wait returns the exit code.
func (c *call) wait(t *testing.T) int {
	t.Helper()
	select {
	case code := <-c.code:
		return code
	case <-time.After(patience):
		t.Fatalf("it does not end; so far:\n%s%s", c.out.String(), c.err.String())
		return 0
	}
}

// mujaz runs to the end.
func mujaz(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := start(t, env, args...)
	code = c.wait(t)
	return code, c.out.String(), c.err.String()
}

func TestSecondSignalDoesNotWait(t *testing.T) {
	t.Parallel()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{})}
	gate := w.llm.Hold()
	conn := w.nats.Connect(t)
	env := baseEnv(w)
	c := start(t, env, "worker", "--grace", "10m")
	t.Cleanup(gate.Open)
	if _, err := queue.NewProducer(conn).Submit(t.Context(), queue.Job{Article: queue.Article{Text: article}}, queue.Route{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-gate.Arrived():
	case <-time.After(patience):
		t.Fatalf("no call arrived:\n%s", c.err.String())
	}
	c.signals <- os.Interrupt
	queuetest.Eventually(t, "the worker drains", func() bool { return strings.Contains(c.err.String(), `"draining"`) })
	// One that follows at once means the same, a later one does not.
	code := -1
	queuetest.Eventually(t, "the second signal ends it", func() bool {
		select {
		case c.signals <- syscall.SIGTERM:
		case code = <-c.code:
		default:
		}
		return code != -1
	})
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
}

// TestDemoWithoutResult: an article that ends as a dead letter, or not in time,
// makes the demo fail.
func TestDemoWithoutResult(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "article.txt")
	if err := os.WriteFile(file, []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		step       llmtest.Step
		wait       string
	}{
		{"refused", "dead: refused", llmtest.Step{Completion: llmtest.Completion{Refusal: "I would rather not."}}, "1m"},
		{"too late", "no result within 300ms", llmtest.Step{Stall: true}, "300ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			endpoint := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{tt.step}, RepeatLast: true})
			code, stdout, stderr := mujaz(t, map[string]string{"OPENAI_BASE_URL": endpoint.URL(), "MUJAZ_MODEL": llmtest.ModelName}, "demo", "--wait-timeout", tt.wait, file)
			if code != exitInputs || !strings.Contains(stdout, tt.want) {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
	}{
		{errors.New("x"), exitError},
		{usagef("", "x"), exitUsage},
		{fmt.Errorf("wrapped: %w", &queue.ConnectError{Err: errors.New("x")}), exitConnection},
		{errNoEndpoint(), exitConnection},
		{&fault{code: exitInputs, err: errors.New("x")}, exitInputs},
	} {
		if got := exitCode(tt.err); got != tt.want {
			t.Errorf("exit code of %q is %d, want %d", tt.err, got, tt.want)
		}
	}
}
