// Package producers_test runs the producers of docs/wire.md against a real
// server, as their readers would.
package producers_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

const article = "أعلنت بلدية وادي الزعفران يوم الأحد تمديد ساعات عمل المكتبة العامة حتى التاسعة مساء.\nوقالت أمينة المكتبة ليان الخطيب إن 300 قارئ سجلوا هذا الشهر."

// receipt is what a producer prints of the server's PubAck.
type receipt struct {
	ID        string `json:"id"`
	Subject   string `json:"subject"`
	Sequence  uint64 `json:"sequence"`
	Duplicate bool   `json:"duplicate"`
}

// exited is how a program ended.
type exited struct {
	code           int
	stdout, stderr string
}

// command runs a program in dir with NATS_URL set.
func command(t *testing.T, dir, url, name string, args ...string) exited {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "NATS_URL="+url, "PYTHONDONTWRITEBYTECODE=1")
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("start %s: %v", name, err)
	}
	return exited{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (e exited) receipt(t *testing.T) receipt {
	t.Helper()
	if e.code != 0 {
		t.Fatalf("exit status %d\n%s%s", e.code, e.stdout, e.stderr)
	}
	var r receipt
	line, _, _ := strings.Cut(e.stdout, "\n")
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatalf("receipt %q: %v", line, err)
	}
	return r
}

func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("MUJAZ_PYTHON")
	if path == "" {
		t.Skip("MUJAZ_PYTHON is not set: `make test` sets it to a Python that has nats-py")
	}
	return path
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// worker concludes every job by handle, as a worker would, and returns a
// function that gives the next job.
func worker(t *testing.T, conn *queue.Conn, handle func(context.Context, *queue.Delivery, queue.Job) error) func() queue.Job {
	t.Helper()
	jobs := make(chan queue.Job, 16)
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() {
		err := queue.NewConsumer(conn, queue.ConsumerConfig{}).Run(ctx, context.WithoutCancel(ctx), func(ctx context.Context, d *queue.Delivery) {
			job, err := queue.DecodeJob(d.Payload)
			if err == nil {
				err = handle(ctx, d, job)
			}
			if err == nil {
				err = d.Ack(ctx)
			}
			if err != nil {
				t.Errorf("job on %s: %v", d.Subject, err)
			}
			jobs <- job
		})
		if err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); run.Wait() })
	return func() queue.Job {
		t.Helper()
		select {
		case job := <-jobs:
			return job
		case <-time.After(time.Minute):
			t.Fatal("no job came")
			return queue.Job{}
		}
	}
}

func answer(conn *queue.Conn) func(context.Context, *queue.Delivery, queue.Job) error {
	return func(ctx context.Context, d *queue.Delivery, job queue.Job) error {
		payload, err := queue.EncodeResult(queue.Result{
			SchemaVersion: queue.SchemaVersion, ID: job.MsgID(), JobID: job.ID, Revision: job.Revision, Task: job.Task,
			Status: queue.StatusOK, Headline: "Library opens longer", Receipt: queue.Receipt{JobDigest: job.Digest()},
		})
		if err != nil {
			return err
		}
		_, err = conn.PublishResult(ctx, d, job, payload, queue.Result{Status: queue.StatusOK})
		return err
	}
}

func TestPython(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	server := queuetest.Start(t)
	conn := server.Connect(t)
	file := write(t, "article.txt", article)
	run := func(args ...string) exited {
		return command(t, ".", server.URL, interpreter, append([]string{"producer.py"}, args...)...)
	}

	// Queued before there is a worker: the second of the two is the first.
	id := "مكتبة/2026 0417"
	first := run(file, "--id", id, "--title", "مكتبة", "--source", "waha").receipt(t)
	want := receipt{ID: id, Subject: queue.Topology{}.WithDefaults().JobSubject(queue.LaneLive, "waha", queue.Key(id)), Sequence: 1}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
	want.Duplicate = true
	if diff := cmp.Diff(want, run(file, "--id", id, "--title", "مكتبة", "--source", "waha").receipt(t)); diff != "" {
		t.Errorf("receipt of the second (-want +got):\n%s", diff)
	}

	next := worker(t, conn, answer(conn))
	job := next()
	if diff := cmp.Diff(queue.Job{ID: id, Article: queue.Article{Title: "مكتبة", Text: article}}.WithDefaults(), job); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}

	// With --wait, the result is printed.
	done := run(file, "--wait", "60")
	r := done.receipt(t)
	next()
	_, payload, _ := strings.Cut(done.stdout, "\n")
	result, err := queue.DecodeResult([]byte(payload))
	if err != nil {
		t.Fatalf("%v: %s", err, payload)
	}
	if result.JobID != r.ID || result.Headline != "Library opens longer" {
		t.Errorf("result of job %q with headline %q, want job %q", result.JobID, result.Headline, r.ID)
	}

	if got := command(t, ".", server.URL, interpreter, "reader.py", "1"); got.code != 0 || !strings.Contains(got.stdout, "ok "+id) {
		t.Errorf("reader.py printed %q and %q", got.stdout, got.stderr)
	}
}

func TestPythonClaimCheck(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	server := queuetest.Start(t)
	conn := server.Connect(t)
	long := "<article>" + strings.Repeat("<p>"+article+"</p>", queue.InlineLimit/len(article)+1) + "</article>"
	var body queue.Article
	next := worker(t, conn, func(ctx context.Context, _ *queue.Delivery, job queue.Job) error {
		var err error
		body, err = conn.Body(ctx, job.Article, queue.MaxArticleBytes)
		return err
	})
	command(t, ".", server.URL, interpreter, "producer.py", write(t, "article.html", long)).receipt(t)
	job := next()
	if job.Article.Object == nil {
		t.Fatal("the body is inline")
	}
	if body.HTML != long {
		t.Error("the body differs from what was handed in")
	}
}

func TestPythonDeadLetter(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	server := queuetest.Start(t)
	conn := server.Connect(t)
	next := worker(t, conn, func(ctx context.Context, d *queue.Delivery, job queue.Job) error {
		return conn.PublishDead(ctx, d, queue.DeadLetter{
			Cause: queue.CauseRefused, Stage: "ask", JobID: job.ID, Key: job.Key(), Attempts: 1, LastError: "the model declined", Time: time.Now(),
		})
	})
	got := command(t, ".", server.URL, interpreter, "producer.py", write(t, "article.txt", article), "--wait", "60")
	next()
	if got.code != 3 || !strings.Contains(got.stderr, "refused: the model declined\n"+queue.CauseRefused.Advice()) {
		t.Errorf("exit status %d and %q", got.code, got.stderr)
	}
}

// TestPythonNoOutcome: nobody works. The program says so in one line, and the
// job is queued.
func TestPythonNoOutcome(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	server := queuetest.Start(t)
	server.Connect(t)
	got := command(t, ".", server.URL, interpreter, "producer.py", write(t, "article.txt", article), "--wait", "0.2")
	if got.code != 4 || got.stderr != "no outcome in time; the job stays queued\n" {
		t.Errorf("exit status %d and %q", got.code, got.stderr)
	}
}

// TestPythonNotQueued: what a producer sees on a server without the streams.
func TestPythonNotQueued(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	server := queuetest.Start(t)
	got := command(t, ".", server.URL, interpreter, "producer.py", write(t, "article.txt", article))
	if got.code != 1 || !strings.Contains(got.stderr, "streams do not exist") {
		t.Errorf("exit status %d and %q", got.code, got.stderr)
	}
}

// TestPermissions: the rights that docs/wire.md grants are enough, and the
// producer's end where they should.
func TestPermissions(t *testing.T) {
	t.Parallel()
	interpreter := python(t)
	doc, err := os.ReadFile("../wire.md")
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(doc), "```conf permissions\n")
	config, _, found := strings.Cut(config, "```")
	if !found {
		t.Fatal("wire.md has no block of permissions")
	}
	const admin = `{ user: admin, password: "admin" }`
	server := queuetest.StartWith(t, queuetest.Options{Config: strings.Replace(config, "users: [", "users: [ "+admin, 1)})
	conn := server.Dial(t, queue.ConnConfig{User: "admin", Password: "admin"})
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	as := func(user string) string { return strings.Replace(server.URL, "://", "://"+user+":change-me@", 1) }
	file := write(t, "article.txt", article)
	next := worker(t, conn, answer(conn))

	got := command(t, ".", as("newsdesk"), interpreter, "producer.py", file, "--source", "newsdesk", "--wait", "60")
	got.receipt(t)
	next()
	if !strings.Contains(got.stdout, "Library opens longer") {
		t.Errorf("the producer did not get its result: %s%s", got.stdout, got.stderr)
	}
	long := write(t, "long.txt", strings.Repeat(article+"\n", queue.InlineLimit/len(article)+1))
	command(t, ".", as("newsdesk"), interpreter, "producer.py", long, "--source", "newsdesk").receipt(t)
	next()
	if got := command(t, ".", as("reader"), interpreter, "reader.py", "2"); got.code != 0 || strings.Count(got.stdout, "ok ") != 2 {
		t.Errorf("the reader printed %q and %q", got.stdout, got.stderr)
	}
	if got := command(t, ".", as("newsdesk"), interpreter, "producer.py", file, "--source", "newsdesk", "--lane", "backfill"); got.code != 1 || !strings.Contains(got.stderr, "permissions violation") {
		t.Errorf("queueing a backfill job ends with exit status %d and %q", got.code, got.stderr)
	}
}

func TestJavaScript(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed: the JavaScript producer was not looked at")
	}
	if got := command(t, ".", "", node, "--check", "producer.mjs"); got.code != 0 {
		t.Fatalf("producer.mjs: %s", got.stderr)
	}
	modules := os.Getenv("MUJAZ_NODE_MODULES")
	if modules == "" {
		t.Skip("MUJAZ_NODE_MODULES is not set to the node_modules of docs/producers/package.json: only the syntax of the JavaScript producer was checked")
	}
	// Node looks for packages beside the program.
	dir := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	server := queuetest.Start(t)
	conn := server.Connect(t)
	id := "مكتبة/2026 0419"
	got := command(t, dir, server.URL, node, "producer.mjs", write(t, "article.txt", article), id).receipt(t)
	want := receipt{ID: id, Subject: queue.Topology{}.WithDefaults().JobSubject(queue.LaneLive, queue.DefaultSource, queue.Key(id)), Sequence: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
	next := worker(t, conn, answer(conn))
	if diff := cmp.Diff(queue.Job{ID: id, Article: queue.Article{Text: article}}.WithDefaults(), next()); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
	long := strings.Repeat(article+"\n", queue.InlineLimit/len(article)+1)
	command(t, dir, server.URL, node, "producer.mjs", write(t, "article.txt", long)).receipt(t)
	body, err := conn.Body(t.Context(), next().Article, queue.MaxArticleBytes)
	if err != nil {
		t.Fatal(err)
	}
	if body.Text != long {
		t.Error("the body differs from what was handed in")
	}
}

func TestGo(t *testing.T) {
	t.Parallel()
	server := queuetest.Start(t)
	conn := server.Connect(t)
	next := worker(t, conn, answer(conn))
	file := write(t, "article.txt", article)
	for program, want := range map[string]string{"producer.go": "ok", "plain.go": "sequence"} {
		got := command(t, ".", server.URL, "go", "run", program, file)
		if job := next(); got.code != 0 || !strings.Contains(got.stdout, want) || job.Article.Text != article {
			t.Errorf("%s: exit status %d, it printed\n%s%s", program, got.code, got.stdout, got.stderr)
		}
	}
}
