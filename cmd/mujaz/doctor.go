package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

type doctorCmd struct {
	JSON   bool `name:"json" help:"Print a JSON line a finding."`
	NoCall bool `help:"Make no call to the model, which costs some fifty tokens."`

	NATS     natsFlags     `embed:"" group:"nats"`
	Topology topologyFlags `embed:"" group:"topology"`
	LLM      llmFlags      `embed:"" group:"llm"`
}

// Help is shown by --help.
func (*doctorCmd) Help() string {
	return `Looks at NATS and at the LLM endpoint as a worker with the same settings would, changes nothing, and makes one tiny call. The exit code is 1 when something failed, 0 when there are only warnings.

    mujaz doctor
    mujaz doctor --base-url http://localhost:11434/v1 --model qwen3:4b --json`
}

// finding is one line of the doctor's table.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warn or fail
	Detail string `json:"detail"`
	Advice string `json:"advice,omitzero"`
}

const (
	stateOK   = "ok"
	stateWarn = "warn"
	stateFail = "fail"
)

// Run looks, and prints what it finds.
func (c *doctorCmd) Run(ctx context.Context, p *program) error {
	findings := slices.Concat(c.nats(ctx), c.endpoint(ctx, p))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	failed := 0
	table := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	for _, f := range findings {
		if f.State == stateFail {
			failed++
		}
		if c.JSON {
			if err := p.printJSON(f); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.State, f.Check, show.Line(f.Detail))
		if f.Advice != "" {
			fmt.Fprintf(table, "\t\t→ %s\n", show.Line(f.Advice))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(findings))
	}
	return nil
}

func failure(check string, err error) finding {
	f := finding{Check: check, State: stateFail, Detail: err.Error(), Advice: hintOf(err)}
	var e *llm.Error
	if f.Advice == "" && errors.As(err, &e) && e.Advice != "" {
		f.Advice = e.Advice
		f.Detail = strings.TrimSuffix(f.Detail, "; "+e.Advice)
	}
	return f
}

// nats looks at the server and the streams.
func (c *doctorCmd) nats(ctx context.Context) []finding {
	began := time.Now()
	conn, err := c.NATS.connect(ctx, c.Topology.topology(), "mujaz doctor", nil)
	if err != nil {
		return []finding{failure("NATS", err)}
	}
	defer conn.Close()
	findings := []finding{{
		Check: "NATS", State: stateOK,
		Detail: fmt.Sprintf("%s, in %d ms, messages up to %s", conn.Server(), time.Since(began).Milliseconds(), byteSize(conn.MaxPayload())),
	}}
	if conn.MaxPayload() < 2*queue.InlineLimit {
		findings = append(findings, finding{
			"payload limit", stateWarn, "the server takes messages up to " + byteSize(conn.MaxPayload()).String(),
			"Set max_payload to 1MB: articles up to 512 KiB travel in the message.",
		})
	}
	err = conn.Check(ctx)
	switch {
	case errors.Is(err, queue.ErrNoTopology):
		return append(findings, finding{"streams", stateWarn, err.Error(), "The first `mujaz worker` creates them; or --prefix is another one."})
	case err != nil:
		return append(findings, failure("JetStream", err))
	}
	findings = append(findings, finding{Check: "JetStream", State: stateOK, Detail: "all streams of prefix " + c.Topology.Prefix + " are there"})
	differences, err := conn.Diff(ctx)
	if err != nil {
		return append(findings, failure("streams", err))
	}
	if f, found := limitsFinding(differences); found {
		findings = append(findings, f)
	}
	for _, lane := range queue.Lanes() {
		backlog, err := conn.Backlog(ctx, lane)
		if err != nil {
			findings = append(findings, failure("lane "+string(lane), err))
			continue
		}
		findings = append(findings, finding{Check: "lane " + string(lane), State: stateOK, Detail: fmt.Sprintf("%d waiting, %d in flight", backlog.Pending, backlog.AckPending)})
	}
	return append(findings, durabilityFinding(ctx, conn, c.NATS.NATSMonitor))
}

// limitsFinding tells in one line where the server's streams are not those of
// these settings.
func limitsFinding(differences []string) (finding, bool) {
	if len(differences) == 0 {
		return finding{}, false
	}
	return finding{
		"streams", stateWarn, strings.Join(differences, "; "),
		"No harm if the workers were given other limits than this command, as `mujaz up` is. Else give every program the same: a worker that may provision applies its own.",
	}, true
}

// endpoint looks at the LLM endpoint and the model.
func (c *doctorCmd) endpoint(ctx context.Context, p *program) []finding {
	e, err := c.LLM.resolve(ctx, p, 1, false)
	if err != nil {
		return []finding{failure("LLM endpoint", err)}
	}
	defer e.close()
	findings := []finding{{Check: "LLM endpoint", State: stateOK, Detail: e.note}}
	models, err := e.client.Models(ctx)
	switch {
	case err != nil && llm.Classify(err) == llm.ClassTransient, err == nil && len(models) == 0:
		findings = append(findings, finding{"models", stateWarn, "the endpoint does not list its models", "Nothing to do, if the call below works."})
	case err != nil:
		return append(findings, failure("models", err))
	case !slices.Contains(models, e.model):
		findings = append(findings, finding{"models", stateWarn, fmt.Sprintf("%q is not listed; %s", e.model, offer(models)), "Name one that is, with --model or MUJAZ_MODEL."})
	default:
		findings = append(findings, finding{Check: "models", State: stateOK, Detail: fmt.Sprintf("%s is one of %d", e.model, len(models))})
	}
	if c.NoCall {
		return findings
	}
	return append(findings, tryCall(ctx, e)...)
}

// slowCall is how long the tiny call may take before it is worth a word: a
// whole article takes some ten times longer.
const slowCall = 15 * time.Second

// tryCall makes one call of the kind that the worker makes.
func tryCall(ctx context.Context, e *endpoint) []finding {
	schema, err := llm.NewSchema("answer", []byte(`{"type":"object","properties":{"word":{"type":"string"}},"required":["word"],"additionalProperties":false}`))
	if err != nil {
		return []finding{failure("call", err)}
	}
	began := time.Now()
	resp, err := e.client.Complete(ctx, llm.Request{
		Messages: []llm.Message{
			{Role: "system", Content: "You translate one Arabic word into English. Answer with a JSON object that has the field word."},
			{Role: "user", Content: "سلام"},
		},
		Schema: schema, MaxTokens: 200, Model: e.model,
	})
	took := time.Since(began)
	if err != nil {
		return []finding{failure("call", err)}
	}
	var answer struct {
		Word string `json:"word"`
	}
	if err := json.Unmarshal([]byte(resp.Content), &answer); err != nil {
		return []finding{failure("call", errors.New("the answer is no JSON object"))}
	}
	call := finding{Check: "call", State: stateOK, Detail: fmt.Sprintf("سلام → %s, by %s, in %.1f s", show.Clip(show.Line(answer.Word), 30), resp.Model, took.Seconds())}
	if took > slowCall {
		call.State, call.Advice = stateWarn, "This endpoint is slow: an article will take minutes. Give the model a GPU or more cores, take a smaller one, and raise --timeout."
	}
	structure := finding{Check: "structured output", State: stateOK, Detail: string(resp.Rung)}
	if resp.Rung != llm.RungSchema {
		structure.State, structure.Advice = stateWarn, "The endpoint does not enforce a JSON Schema. Answers are checked all the same; expect more repairs."
	}
	usage := finding{Check: "usage", State: stateOK, Detail: fmt.Sprintf("%d + %d tokens reported", resp.Usage.In, resp.Usage.Out)}
	if !resp.Usage.Known {
		usage.State, usage.Detail, usage.Advice = stateWarn, "no token counts are reported", "Tokens and costs will be estimates."
	}
	findings := []finding{call, structure, usage}
	if why := resp.PromptTokensSuspicious; why != "" {
		findings = append(findings, finding{"prompt", stateWarn, why, "The endpoint may cut long articles. Raise its context size (Ollama: OLLAMA_CONTEXT_LENGTH)."})
	}
	return findings
}
