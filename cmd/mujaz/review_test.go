package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
)

// doubtful is an answer that the checks flag: the article says nothing of 730.
const doubtful = `{"headline":"Marsa al-Rihan opens three parks","summary":"The municipality of Marsa al-Rihan opened 730 public parks on Thursday, Mayor Layan al-Safadi said.\u001b[31m","key_points":[{"text":"Volunteers will look after the trees.","source_paragraphs":[3]}],"names":[{"source":"ليان الصفدي","english":"Layan al-Safadi","kind":"person"},{"source":"مرسى الريحان","english":"Marsa al-Rihan","kind":"place"}]}`

const corrected = "The municipality of Marsa al-Rihan opened three public parks on Thursday, Mayor Layan al-Safadi said."

// reviewDesk is a server with flagged results of a real worker.
type reviewDesk struct {
	env     map[string]string
	conn    *queue.Conn
	article string // the file that the results are of
}

func newReviewDesk(t *testing.T, ids ...string) *reviewDesk {
	t.Helper()
	w := &world{nats: queuetest.Start(t), llm: llmtest.Start(t, llmtest.Script{Answer: func(*llmtest.Request) string { return doubtful }})}
	d := &reviewDesk{env: baseEnv(w), conn: w.nats.Connect(t), article: filepath.Join(t.TempDir(), "article.txt")}
	d.env["MUJAZ_REVIEWER"] = "layan"
	if err := os.WriteFile(d.article, []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	env := maps.Clone(d.env)
	env["MUJAZ_HEALTH_LISTEN"] = "off"
	worker := start(t, env, "worker")
	for _, id := range ids {
		d.run(t, 0, "submit", "--wait", "--id", id, "--title", "حدائق عامة", "--source", "desk-"+id, d.article)
	}
	worker.signals <- os.Interrupt
	if code := worker.wait(t); code != 0 {
		t.Fatalf("worker: exit code %d\n%s", code, worker.err.String())
	}
	return d
}

func (d *reviewDesk) run(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	code, stdout, stderr := mujaz(t, d.env, args...)
	if code != want {
		t.Fatalf("mujaz %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, stdout, stderr)
	}
	if strings.ContainsRune(stdout+stderr, 0x1b) {
		t.Errorf("mujaz %s prints a control character", strings.Join(args, " "))
	}
	return stdout, stderr
}

// newest is the last word on a job.
func (d *reviewDesk) newest(t *testing.T, id string) queue.Result {
	t.Helper()
	var last queue.Result
	if err := d.conn.Results(t.Context(), queue.ResultFilter{JobID: id, Newest: true}, func(r queue.StoredResult) error {
		last = r.Result
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return last
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

func TestReviewListAndShow(t *testing.T) {
	t.Parallel()
	d := newReviewDesk(t, "a", "b", "c")
	stdout, stderr := d.run(t, 0, "review", "list")
	contains(t, stdout, "a  20", "live  desk-a  revision 1\n  Marsa al-Rihan opens three parks\n", `✗ numbers: The summary says "730"`)
	if strings.Index(stdout, "desk-a") > strings.Index(stdout, "desk-c") || stderr != "" {
		t.Errorf("not oldest first, or with complaints:\n%s%s", stdout, stderr)
	}
	for name, tc := range map[string]struct {
		args []string
		want []string
		says string
	}{
		"all":      {nil, []string{"a", "b", "c"}, ""},
		"source":   {[]string{"--source", "desk-b"}, []string{"b"}, ""},
		"lane":     {[]string{"--lane", "backfill"}, nil, ""},
		"check":    {[]string{"--check", "dates", "--check", "numbers"}, []string{"a", "b", "c"}, ""},
		"no check": {[]string{"--check", "looping"}, nil, ""},
		"since":    {[]string{"--since", "2099-01-01"}, nil, ""},
		"limit":    {[]string{"--limit", "2"}, []string{"a", "b"}, "the first 2; more wait, see --limit\n"},
		"exact":    {[]string{"--limit", "3"}, []string{"a", "b", "c"}, ""},
		"no limit": {[]string{"--limit", "0"}, []string{"a", "b", "c"}, ""},
	} {
		stdout, stderr := d.run(t, 0, append([]string{"review", "list", "--json"}, tc.args...)...)
		var got []string
		for line := range strings.Lines(stdout) {
			var p placed
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatal(err)
			}
			if p.Sequence == 0 || p.Stored.IsZero() || p.Lane != queue.LaneLive || p.Status != queue.StatusFlagged {
				t.Errorf("%s: %+v", name, p)
			}
			got = append(got, p.JobID)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || stderr != tc.says {
			t.Errorf("%s: %q (-want +got):\n%s", name, stderr, diff)
		}
	}
	_, stderr = d.run(t, 0, "review", "list", "--lane", "backfill")
	contains(t, stderr, "nothing waits for a review")
	_, stderr = d.run(t, exitUsage, "review", "list", "--limit=-1")
	contains(t, stderr, "--limit must not be negative", "hint: 0 lists all")

	stdout, _ = d.run(t, 0, "review", "show", "b")
	contains(t, stdout, "حدائق عامة", "flagged  b", "730 public parks", "✗ numbers", "numbers: summary: «730»")
	stdout, _ = d.run(t, 0, "review", "show", "b", "--json")
	contains(t, stdout, `"job_id":"b"`)
	_, stderr = d.run(t, exitError, "review", "show", "nobody")
	contains(t, stderr, `no result of the job "nobody" is stored`, "hint: `mujaz review list`")
}

func TestReviewDecisions(t *testing.T) {
	t.Parallel()
	d := newReviewDesk(t, "a", "b")
	stdout, _ := d.run(t, 0, "review", "accept", "a", "--note", "seen\nby the desk")
	contains(t, stdout, "ok  a  accepted by layan, ", ": seen by the desk")
	r := d.newest(t, "a")
	if r.Status != queue.StatusOK || r.Reviewed.Reviewer != "layan" || !failsOneOf(r, []string{"numbers"}) {
		t.Errorf("accepted: %+v", r)
	}
	_, stderr := d.run(t, exitError, "review", "reject", "a", "--reviewer", "omar")
	contains(t, stderr, `the result was accepted by "layan" at `, "hint: Add --again")
	stdout, _ = d.run(t, 0, "review", "reject", "a", "--reviewer", "omar", "--again", "--json")
	contains(t, stdout, `"reviewed":{"decision":"rejected","reviewer":"omar"`)
	stdout, _ = d.run(t, 0, "review", "show", "a")
	contains(t, stdout, "flagged  a", "rejected by omar, ")
	stdout, _ = d.run(t, 0, "review", "list")
	if strings.Contains(stdout, "desk-a") {
		t.Errorf("a reviewed result is still listed:\n%s", stdout)
	}
	_, stderr = d.run(t, exitUsage, "review", "accept", "b", "--reviewer", "x\ny", "--note", "\x1b"+strings.Repeat("x", queue.MaxNoteRunes))
	contains(t, stderr, "invalid review: reviewer: must not contain control characters; note: must be at most 2000 characters; note: must not contain control characters")

	// The same id in the other lane is another job.
	env := maps.Clone(d.env)
	env["MUJAZ_HEALTH_LISTEN"] = "off"
	worker := start(t, env, "worker")
	d.run(t, 0, "submit", "--wait", "--id", "b", "--lane", "backfill", d.article)
	worker.signals <- os.Interrupt
	worker.wait(t)
	_, stderr = d.run(t, exitUsage, "review", "accept", "b")
	contains(t, stderr, `2 jobs have the id "b"`, "hint: Add one of: --lane live --source desk-b, --lane backfill --source default.")
	d.run(t, 0, "review", "accept", "b", "--lane", "backfill")
}

func TestReviewEdit(t *testing.T) {
	t.Parallel()
	d := newReviewDesk(t, "a", "b", "c")
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, tc := range map[string]struct {
		code int
		args []string
		want []string
	}{
		"both":         {exitUsage, []string{"--summary", "x", "--file", "-"}, []string{"both on the command line and in a file"}},
		"no editor":    {exitUsage, nil, []string{"there is no text and no editor", "hint: Give --headline"}},
		"unknown":      {exitError, []string{"--file", write("unknown.json", `{"summry":"x"}`)}, []string{"unknown.json: summry: is no field that can be edited", "hint: Give a JSON object"}},
		"no JSON":      {exitError, []string{"--file", write("broken.json", `{"summary":`)}, []string{"broken.json: is not valid JSON, at byte"}},
		"wrong type":   {exitError, []string{"--file", write("type.json", `{"key_points":"x"}`)}, []string{"key_points: cannot be a JSON string"}},
		"empty":        {exitError, []string{"--file", write("empty.json", `{}`)}, []string{"the edit changes nothing; nothing was stored", "hint: `mujaz review accept a`"}},
		"invalid":      {exitUsage, []string{"--file", write("invalid.json", `{"summary":"","key_points":[{"text":"A.","source_paragraphs":[9]}]}`)}, []string{"key_points[0].source_paragraphs: must be 1 to 3"}},
		"other source": {exitError, []string{"--summary", corrected, "--article", write("other.txt", article+"زيادة لم تكن في المقال الأصلي.\n")}, []string{"is not the article of this result"}},
		"still wrong":  {exitError, []string{"--summary", strings.Replace(corrected, "three", "ninety", 1), "--article", d.article}, []string{"✗ numbers", "hint: Correct the edit, or store it with --anyway"}},
	} {
		_, stderr := d.run(t, tc.code, append([]string{"review", "edit", "a"}, tc.args...)...)
		contains(t, stderr, tc.want...)
		if r := d.newest(t, "a"); r.Reviewed != nil {
			t.Fatalf("%s: it was stored: %+v", name, r.Reviewed)
		}
	}

	// Held against the article, the edit has checks of its own.
	d.run(t, 0, "review", "edit", "a", "--summary", corrected, "--article", d.article)
	checked := d.newest(t, "a")
	if checked.Status != queue.StatusOK || checked.Summary != corrected || len(checked.Checks) == 0 || failsOneOf(checked, []string{"numbers"}) ||
		len(checked.Reviewed.Checks) == 0 || len(checked.Names) != 2 {
		t.Errorf("checked: %+v", checked)
	}
	// Without it, none are claimed.
	d.run(t, 0, "review", "edit", "b", "--file", write("edit.json", `{"summary":"`+corrected+`","key_points":[]}`))
	unchecked := d.newest(t, "b")
	if unchecked.Status != queue.StatusOK || len(unchecked.Checks) != 0 || len(unchecked.KeyPoints) != 0 || len(unchecked.Reviewed.Checks) == 0 {
		t.Errorf("unchecked: %+v", unchecked)
	}
	stdout, _ := d.run(t, 0, "results", "--id", "b")
	contains(t, stdout, "edited by layan", "before the edit:", "✗ numbers")
	// A doubtful edit is the reviewer's to answer for.
	d.run(t, 0, "review", "edit", "c", "--summary", strings.Replace(corrected, "three", "ninety", 1), "--article", d.article, "--anyway")
	if r := d.newest(t, "c"); r.Status != queue.StatusOK || !failsOneOf(r, []string{"numbers"}) {
		t.Errorf("anyway: %+v", r)
	}
}

// TestReviewerPermissions: what docs/wire.md grants a reviewer is enough, and
// no more than the results of one source.
func TestReviewerPermissions(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(doc), "```conf permissions\n")
	config, _, _ = strings.Cut(config, "```")
	server := queuetest.StartWith(t, queuetest.Options{Config: strings.Replace(config, "users: [", `users: [ { user: admin, password: "admin" }`, 1)})
	conn := server.Dial(t, queue.ConnConfig{User: "admin", Password: "admin"})
	if err := conn.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := &world{nats: server, llm: llmtest.Start(t, llmtest.Script{Answer: func(*llmtest.Request) string { return doubtful }})}
	d := &reviewDesk{env: baseEnv(w), conn: conn, article: filepath.Join(t.TempDir(), "article.txt")}
	if err := os.WriteFile(d.article, []byte(article), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env["NATS_URL"], d.env["MUJAZ_REVIEWER"], d.env["MUJAZ_HEALTH_LISTEN"] = strings.Replace(server.URL, "://", "://admin:admin@", 1), "layan", "off"
	worker := start(t, d.env, "worker")
	d.run(t, 0, "submit", "--wait", "--id", "ours", "--source", "newsdesk", d.article)
	d.run(t, 0, "submit", "--wait", "--id", "theirs", "--source", "sports", d.article)
	worker.signals <- os.Interrupt
	worker.wait(t)
	d.env["NATS_URL"] = strings.Replace(server.URL, "://", "://reviewer:change-me@", 1)
	stdout, _ := d.run(t, 0, "review", "list")
	contains(t, stdout, "ours", "theirs")
	d.run(t, 0, "review", "accept", "ours")

	// The server does not answer what it does not allow; it tells the connection.
	ctx, refused := context.WithCancelCause(t.Context())
	reviewer := server.Dial(t, queue.ConnConfig{User: "reviewer", Password: "change-me", OnState: func(s queue.ConnState) {
		if s.Err != nil {
			refused(s.Err)
		}
	}})
	var of queue.StoredResult
	if err := reviewer.WaitingReviews(ctx, queue.ResultFilter{Source: "sports"}, func(r queue.StoredResult) error {
		of = r
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err = reviewer.Review(ctx, queue.ReviewRequest{Of: of, Decision: queue.DecisionAccepted, Reviewer: "layan"})
	if r := d.newest(t, "theirs"); err == nil || r.Reviewed != nil || !strings.Contains(strings.ToLower(fmt.Sprint(context.Cause(ctx))), "permissions violation") {
		t.Errorf("%v, %v; reviewed %+v", err, context.Cause(ctx), r.Reviewed)
	}
}

// TestReviewEditor: what is typed in an editor comes back, or stays in a file.
func TestReviewEditor(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	summary := "Seven parks opened."
	r := queue.Result{JobID: "a", Summary: "730 parks opened.", KeyPoints: []queue.KeyPoint{{Text: "Trees.", SourceParagraphs: []int{1}}}}
	script := filepath.Join(t.TempDir(), "editor")
	p := &program{in: strings.NewReader(""), out: &safeBuffer{}, err: &safeBuffer{}}
	edit := func(body string) (queue.Edit, string, error) {
		if err := os.WriteFile(script, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return editWith(ctx, p, []string{script, "seven"}, r)
	}
	got, draft, err := edit(`sed s/730/Seven/ "$2" > "$2.new" && mv "$2.new" "$2"`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(queue.Edit{Summary: &summary, KeyPoints: r.KeyPoints}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := os.Stat(draft); err != nil {
		t.Errorf("the draft is gone before it is stored: %v", err)
	}
	for name, body := range map[string]string{"broken": `echo '{"summary":' > "$2"`, "fails": "exit 3"} {
		_, _, err := edit(body)
		if err == nil || !strings.Contains(hintOf(err), "mujaz review edit a --file ") {
			t.Errorf("%s: %v, hint %q", name, err, hintOf(err))
		}
	}
	for value, want := range map[string][]string{"": nil, " ": nil, "code --wait": {"code", "--wait"}} {
		got := editorOf(func(name string) (string, bool) { return value, name == "EDITOR" })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("EDITOR=%q (-want +got):\n%s", value, diff)
		}
	}
}

// TestExplainReview: the loser of a race is told who won.
func TestExplainReview(t *testing.T) {
	t.Parallel()
	by := queue.StoredResult{Result: queue.Result{Revision: 1, Reviewed: &queue.Review{Decision: queue.DecisionEdited, Reviewer: "omar", Time: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)}}, Sequence: 8}
	if got := (&queue.SupersededError{}).Error(); got != "the job has a newer result by now" {
		t.Errorf("by an unknown one: %q", got)
	}
	err := explainReview(queue.Result{JobID: "a"}, &queue.SupersededError{By: by})
	if got := err.Error(); got != `the result was edited by "omar" at 2026-03-10T07:00:00Z` || !strings.HasPrefix(hintOf(err), "Nothing was stored.") {
		t.Errorf("%q, hint %q", got, hintOf(err))
	}
	if other := errors.New("x"); !errors.Is(explainReview(queue.Result{}, other), other) {
		t.Error("another error is lost")
	}
}
