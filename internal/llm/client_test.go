package llm_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

// rawServer serves one handler; the returned function stops it and waits.
func rawServer(t *testing.T, h http.HandlerFunc) (stop func(), url string) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(ln) })
	stop = sync.OnceFunc(func() {
		_ = server.Close()
		done.Wait()
	})
	t.Cleanup(stop)
	return stop, "http://" + ln.Addr().String() + "/v1"
}

func TestCompleteGivesTheWholeReceipt(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{RequestsPerMinute: 600})
	resp, err := newClient(t, server.URL(), nil).Complete(t.Context(), request(t))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Model != llmtest.ModelName || resp.FinishReason != "stop" || resp.Rung != llm.RungSchema || resp.RequestID != "chatcmpl-stand-in-1" {
		t.Errorf("response = %+v", resp)
	}
	if !resp.Usage.Known || resp.Usage.In <= 0 || resp.Usage.Out <= 0 {
		t.Errorf("usage = %+v, want known counts", resp.Usage)
	}
	if resp.Limits.LimitRequests != 600 || resp.Limits.RemainingRequests != 599 {
		t.Errorf("limits = %+v, want 600 and 599", resp.Limits)
	}
	want := []llm.Call{{Status: 200, Rung: llm.RungSchema, Usage: resp.Usage, Paid: true, Time: resp.Calls[0].Time}}
	if diff := cmp.Diff(want, resp.Calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestLadderIsRememberedPerModelAndSchema(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var formats []string
	server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		mu.Lock()
		defer mu.Unlock()
		formats = append(formats, r.Model()+" "+r.Format())
		if r.Model() == "old" && r.Format() != "" {
			return llmtest.Step{Status: 400, Body: `{"error":{"message":"response_format is not supported by this model"}}`}, true
		}
		if r.Format() == "" && !strings.Contains(r.System(), llm.SchemaInstruction) {
			return llmtest.Step{Status: 500}, true
		}
		return llmtest.Step{}, false
	}})
	client := newClient(t, server.URL(), nil)
	for _, model := range []string{"old", "old", "new"} {
		req := request(t)
		req.Model = model
		resp, err := client.Complete(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]llm.Rung{"old": llm.RungText, "new": llm.RungSchema}[model]; resp.Rung != want {
			t.Errorf("%s: rung = %s, want %s", model, resp.Rung, want)
		}
	}
	want := []string{"old json_schema", "old json_object", "old ", "old ", "new json_schema"}
	if diff := cmp.Diff(want, formats); diff != "" {
		t.Errorf("formats (-want +got):\n%s", diff)
	}
}

func TestLadderUnderConcurrency(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
		if r.Format() != "" {
			return llmtest.Step{Status: 400, Body: `{"error":"'response_format.type' must be 'text'"}`}, true
		}
		return llmtest.Step{}, false
	}})
	client := newClient(t, server.URL(), nil)
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			if resp, err := client.Complete(t.Context(), request(t)); err != nil || resp.Rung != llm.RungText {
				t.Errorf("rung %s, error %v", resp.Rung, err)
			}
		})
	}
	group.Wait()
	before := server.Ledger().Calls
	if _, err := client.Complete(t.Context(), request(t)); err != nil {
		t.Fatal(err)
	}
	if n := server.Ledger().Calls - before; n != 1 {
		t.Errorf("a later call needed %d HTTP calls, want 1", n)
	}
}

func TestLadderEnds(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{RepeatLast: true, Steps: []llmtest.Step{
		{Status: 400, Body: `{"error":{"message":"response_format is not supported"}}`},
	}})
	_, err := newClient(t, server.URL(), nil).Complete(t.Context(), request(t))
	e := asError(t, err)
	if e.Class != llm.ClassMisconfigured || len(e.Calls) != 3 {
		t.Errorf("class %s after %d calls, want misconfigured after 3", e.Class, len(e.Calls))
	}
}

func TestRungCanBeForced(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	req := request(t)
	req.Rung = llm.RungObject
	resp, err := newClient(t, server.URL(), nil).Complete(t.Context(), req)
	if err != nil || resp.Rung != llm.RungObject {
		t.Errorf("rung %s, error %v; want json_object", resp.Rung, err)
	}
}

// TestFormatThatHangs: a server that never answers a constrained format is asked
// without one, and one that answers nothing at all is not.
func TestFormatThatHangs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hangs   func(format string) bool
		formats []string // asked for, the last one answered or not
		fails   int
	}{
		"format":     {func(f string) bool { return f != "" }, []string{"json_schema", "json_schema", "", ""}, 2},
		"everything": {func(string) bool { return true }, []string{"json_schema", "json_schema", "", "json_schema"}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var formats []string
			server := llmtest.Start(t, llmtest.Script{Choose: func(r *llmtest.Request) (llmtest.Step, bool) {
				mu.Lock()
				defer mu.Unlock()
				formats = append(formats, r.Format())
				return llmtest.Step{Stall: true}, test.hangs(r.Format())
			}})
			client := newClient(t, server.URL(), func(c *llm.Config) { c.Timeout = 50 * time.Millisecond })
			failed := 0
			for range 4 {
				if _, err := client.Complete(t.Context(), request(t)); err != nil {
					failed++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff(test.formats, formats); diff != "" || failed != test.fails {
				t.Errorf("%d calls failed, want %d; formats (-want +got):\n%s", failed, test.fails, diff)
			}
		})
	}
}

func TestCutPromptIsNoAnswer(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{{Completion: llmtest.Completion{PromptTokens: 4096}}}})
	req := request(t)
	req.Messages[1].Content = strings.Repeat(article+"\n", 300)
	_, err := newClient(t, server.URL(), nil).Complete(t.Context(), req)
	if e := asError(t, err); e.Class != llm.ClassContextTooLong || e.ContextLimit != 4096 || !e.Calls[0].Paid || e.Usage.In != 4096 {
		t.Errorf("class %s, limit %d, paid %v, usage %+v; want context_too_long, 4096, paid", e.Class, e.ContextLimit, e.Calls[0].Paid, e.Usage)
	}
}

func TestCanceledByTheCaller(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	gate := server.Hold()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("lease lost")
	var group sync.WaitGroup
	group.Go(func() {
		<-gate.Arrived()
		cancel(reason)
	})
	_, err := newClient(t, server.URL(), nil).Complete(ctx, request(t))
	group.Wait()
	if e := asError(t, err); e.Class != llm.ClassCanceled || !errors.Is(err, reason) || !e.Calls[0].Paid {
		t.Errorf("error = %v, paid %v; want canceled with its cause, paid", e, e.Calls[0].Paid)
	}
	_, err = newClient(t, server.URL(), nil).Complete(ctx, request(t))
	if e := asError(t, err); e.Class != llm.ClassCanceled || e.Calls[0].Paid {
		t.Errorf("error = %v, paid %v; want canceled before sending, free", e, e.Calls[0].Paid)
	}
}

func TestWaitingForAConnectionIsNotPaid(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	gate := server.Hold()
	client := newClient(t, server.URL(), func(c *llm.Config) { c.MaxConns = 1 })
	var group sync.WaitGroup
	group.Go(func() { _, _ = client.Complete(t.Context(), request(t)) })
	<-gate.Arrived() // the only connection is taken until the gate opens
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := client.Complete(ctx, request(t))
	if e := asError(t, err); e.Class != llm.ClassCanceled || e.Calls[0].Paid {
		t.Errorf("error = %v, paid %v; want canceled, free", e, e.Calls[0].Paid)
	}
	gate.Open()
	group.Wait()
}

func TestStubbornParameterRefusalEnds(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{RepeatLast: true, Steps: []llmtest.Step{
		{Status: 400, Body: `{"error":{"message":"Unsupported value: 'temperature'","param":"temperature"}}`},
	}})
	_, err := newClient(t, server.URL(), nil).Complete(t.Context(), request(t))
	if e := asError(t, err); e.Class != llm.ClassMisconfigured || len(e.Calls) != 2 {
		t.Errorf("class %s after %d calls, want misconfigured after 2", e.Class, len(e.Calls))
	}
}

func TestTransportFaultsWithoutAnEndpoint(t *testing.T) {
	t.Parallel()
	t.Run("21 refused", func(t *testing.T) {
		t.Parallel()
		stop, url := rawServer(t, func(http.ResponseWriter, *http.Request) {})
		stop()
		_, err := newClient(t, url, nil).Complete(t.Context(), request(t))
		if e := asError(t, err); e.Class != llm.ClassUnavailable || e.Calls[0].Paid {
			t.Errorf("class %s, paid %v; want unavailable, free", e.Class, e.Calls[0].Paid)
		}
	})
	t.Run("20 untrusted certificate", func(t *testing.T) {
		t.Parallel()
		server := llmtest.Start(t, llmtest.Script{TLS: true})
		_, err := newClient(t, server.URL(), nil).Complete(t.Context(), request(t))
		if e := asError(t, err); e.Class != llm.ClassMisconfigured || e.Calls[0].Paid || server.Ledger().Calls != 0 {
			t.Errorf("class %s, paid %v, calls %d; want misconfigured, free, none", e.Class, e.Calls[0].Paid, server.Ledger().Calls)
		}
	})
	t.Run("http to a TLS port", func(t *testing.T) {
		t.Parallel()
		server := llmtest.Start(t, llmtest.Script{TLS: true})
		url := strings.Replace(server.URL(), "https", "http", 1)
		_, err := newClient(t, url, nil).Complete(t.Context(), request(t))
		if got := llm.Classify(err); got != llm.ClassMisconfigured {
			t.Errorf("class = %s, want misconfigured (%v)", got, err)
		}
	})
	t.Run("https to a plain port", func(t *testing.T) {
		t.Parallel()
		server := llmtest.Start(t, llmtest.Script{})
		url := strings.Replace(server.URL(), "http", "https", 1)
		_, err := newClient(t, url, nil).Complete(t.Context(), request(t))
		if got := llm.Classify(err); got != llm.ClassMisconfigured {
			t.Errorf("class = %s, want misconfigured (%v)", got, err)
		}
	})
	t.Run("no HTTP at all", func(t *testing.T) {
		t.Parallel()
		_, err := newClient(t, greeter(t), nil).Complete(t.Context(), request(t))
		e := asError(t, err)
		if e.Class != llm.ClassMisconfigured || strings.Contains(e.Error(), "INFO") {
			t.Errorf("error = %v, want misconfigured without the greeting", e)
		}
	})
}

// greeter answers anything with NATS's greeting.
func greeter(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1<<16))
		_, _ = conn.Write([]byte("INFO {\"server_id\":\"x\"}\r\n"))
		_ = conn.Close()
	})
	t.Cleanup(func() {
		_ = ln.Close()
		done.Wait()
	})
	return "http://" + ln.Addr().String() + "/v1"
}

func TestRedirectsKeepCredentialsAtHome(t *testing.T) {
	t.Parallel()
	elsewhere := llmtest.Start(t, llmtest.Script{})
	var target string
	hops := 0
	_, url := rawServer(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	})
	target = elsewhere.URL() + "/chat/completions"
	_, err := newClient(t, url, nil).Complete(t.Context(), request(t))
	if got := llm.Classify(err); got != llm.ClassMisconfigured || elsewhere.Ledger().Calls != 0 {
		t.Errorf("class %s, calls elsewhere %d; want misconfigured, none", got, elsewhere.Ledger().Calls)
	}
	target = "/v1/chat/completions" // to itself, for ever
	hops = 0
	_, err = newClient(t, url, nil).Complete(t.Context(), request(t))
	if got := llm.Classify(err); got != llm.ClassMisconfigured || hops > 5 {
		t.Errorf("class %s after %d hops, want misconfigured after a few", got, hops)
	}
}

// TestEndlessBombIsCheap: an answer without end, of zeros that compress a
// thousandfold, costs no more memory than the limit allows. It runs alone,
// because what the process allocates is counted.
func TestEndlessBombIsCheap(t *testing.T) {
	_, url := rawServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for zeros := make([]byte, 64<<10); ; {
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
	})
	client := newClient(t, url, nil) // answers of 1 MiB at most
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := client.Complete(t.Context(), request(t))
	runtime.ReadMemStats(&after)
	if e := asError(t, err); e.Class != llm.ClassInvalidOutput || !e.Calls[0].Paid {
		t.Errorf("class %s, paid %v; want invalid_output, paid", e.Class, e.Calls[0].Paid)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes allocated for it, the server's share included", used)
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const inFlight, calls = 64, 2000
	server := llmtest.Start(t, llmtest.Script{})
	client := newClient(t, server.URL(), nil)
	req := request(t)
	var group sync.WaitGroup
	for range inFlight {
		group.Go(func() {
			for range calls / inFlight {
				if _, err := client.Complete(t.Context(), req); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if n := server.Ledger().Connections; n > inFlight {
		t.Errorf("%d connections for %d calls, want at most %d", n, calls, inFlight)
	}
}

func TestFailuresKeepTheConnection(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{RepeatLast: true, Steps: []llmtest.Step{{Status: 429, Body: `{"error":{"message":"slow"}}`}}})
	client := newClient(t, server.URL(), nil)
	for range 20 {
		_, _ = client.Complete(t.Context(), request(t))
	}
	if n := server.Ledger().Connections; n != 1 {
		t.Errorf("%d connections for 20 refusals, want 1", n)
	}
}

func TestAzureSpeaksItsDialect(t *testing.T) {
	t.Parallel()
	var path, key, auth string
	_, url := rawServer(t, func(w http.ResponseWriter, r *http.Request) {
		path, key, auth = r.URL.RequestURI(), r.Header.Get("Api-Key"), r.Header.Get("Authorization")
		w.WriteHeader(http.StatusUnauthorized)
	})
	client := newClient(t, strings.TrimSuffix(url, "/v1"), func(c *llm.Config) {
		c.API, c.APIVersion, c.Deployment = llm.APIAzure, "2024-10-21", "news-4o"
	})
	_, _ = client.Complete(t.Context(), request(t))
	if want := "/openai/deployments/news-4o/chat/completions?api-version=2024-10-21"; path != want || key != testKey || auth != "" {
		t.Errorf("path %q, key sent %v, auth %q", path, key == testKey, auth)
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{Model: "m-1"})
	names, err := newClient(t, server.URL(), nil).Models(t.Context())
	if err != nil || !cmp.Equal(names, []string{"m-1"}) {
		t.Errorf("models = %v, error %v", names, err)
	}
	for body, want := range map[string]llm.Class{"<html>": llm.ClassMisconfigured, `{"error":"x"}`: llm.ClassTransient} {
		_, url := rawServer(t, func(w http.ResponseWriter, _ *http.Request) {
			if body == "<html>" {
				_, _ = fmt.Fprint(w, body)
				return
			}
			http.Error(w, body, http.StatusInternalServerError)
		})
		if _, err := newClient(t, url, nil).Models(t.Context()); llm.Classify(err) != want {
			t.Errorf("body %s: class %s, want %s", body, llm.Classify(err), want)
		}
	}
}

func TestRequestsThatNobodyCouldAnswer(t *testing.T) {
	t.Parallel()
	server := llmtest.Start(t, llmtest.Script{})
	client := newClient(t, server.URL(), nil)
	_, err := client.Complete(t.Context(), llm.Request{Messages: []llm.Message{{Role: "robot"}}, MaxTokens: -1, Temperature: 3})
	e := asError(t, err)
	if e.Class != llm.ClassMisconfigured || strings.Count(e.Err.Error(), "request:") != 4 {
		t.Errorf("error = %v, want misconfigured with four problems", err)
	}
	if n := server.Ledger().Calls; n != 0 {
		t.Errorf("%d calls sent, want none", n)
	}
}
