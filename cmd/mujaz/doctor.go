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
	NoCall bool `help:"Make no call to the model."`
	Quick  bool `help:"Make one tiny call, of some hundred tokens, and no probes."`

	ContextTokens int  `default:"9000" placeholder:"N" help:"Prompt in tokens that shows whether long ones are cut silently, where the endpoint does not say its context size; 0 leaves it out [${default}]."`
	MaxParallel   int  `default:"32" placeholder:"N" help:"Most calls side by side in the search for how many pay; 0 leaves it out [${default}]."`
	WriteProfile  bool `help:"Keep what was found, for workers; see --profile."`

	NATS     natsFlags     `embed:"" group:"nats"`
	Topology topologyFlags `embed:"" group:"topology"`
	LLM      llmFlags      `embed:"" group:"llm"`
}

// Help is shown by --help.
func (*doctorCmd) Help() string {
	return `Looks at NATS and at the LLM endpoint as a worker with the same settings would. Its probes find out what the endpoint really does: whether it enforces a JSON Schema, reports usage that can be true, cuts long prompts silently, how it counts Arabic, how fast it writes and how many calls side by side pay. It says beforehand how many calls and tokens that takes at most. It changes nothing but the profile. The exit code is 1 when something failed, 0 when there are only warnings.

    mujaz doctor
    mujaz doctor --quick
    mujaz doctor --write-profile
    mujaz doctor --context-tokens 0 --max-parallel 8
    mujaz doctor --base-url http://localhost:11434/v1 --model qwen3:4b --json`
}

// Bounds of what the probes may cost: a long prompt, and calls at once.
const (
	maxContextTokens = 200_000
	maxParallelProbe = 256
)

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
	if c.ContextTokens < 0 || c.ContextTokens > maxContextTokens || c.MaxParallel < 0 || c.MaxParallel > maxParallelProbe {
		return usagef("The defaults suit most endpoints.", "--context-tokens must be 0 to %d, --max-parallel 0 to %d", maxContextTokens, maxParallelProbe)
	}
	if c.WriteProfile && (c.Quick || c.NoCall) {
		return usagef("Leave --quick and --no-call away.", "a profile needs the probes")
	}
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
	return append(findings, finding{
		"durability", stateWarn, "a client cannot see how often the server writes to disk",
		"Make sure that it says sync_interval: always (deploy/nats/single.conf); by default a power cut loses up to two minutes.",
	})
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
	file := c.LLM.Profile
	c.LLM.Profile = profileOff // an earlier look must not decide this one
	e, err := c.LLM.resolve(ctx, p, max(1, c.MaxParallel), false)
	if err != nil {
		return []finding{failure("LLM endpoint", err)}
	}
	defer e.close()
	findings := []finding{{Check: "LLM endpoint", State: stateOK, Detail: e.note}}
	described, err := e.client.Describe(ctx, e.model)
	models := described.Models
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
	first, ok := tryCall(ctx, e, c.Quick)
	findings = append(findings, first...)
	if c.Quick || !ok {
		return findings
	}
	calls, tokens := c.cost()
	fmt.Fprintf(p.err, "Probing: at most %d calls, about %d tokens. --quick makes one call, --no-call none.\n", calls, tokens)
	probed, profile := c.probe(ctx, e, described)
	findings = append(findings, probed...)
	if ctx.Err() != nil {
		return findings
	}
	return append(findings, c.keep(profile, file))
}

// keep writes the profile, if it is wanted.
func (c *doctorCmd) keep(profile llm.Profile, file string) finding {
	const check = "profile"
	file, err := profileFile(file, profile.Endpoint, profile.Model)
	switch {
	case !c.WriteProfile:
		return finding{check, stateOK, "not written", "--write-profile keeps this for workers."}
	case err != nil:
		return failure(check, err)
	case file == "":
		return failure(check, errors.New("--profile is off"))
	}
	if err := profile.Save(file); err != nil {
		return failure(check, err)
	}
	return finding{Check: check, State: stateOK, Detail: "written to " + file}
}

// slowCall is how long the tiny call may take before it is worth a word: a
// whole article takes some ten times longer.
const slowCall = 15 * time.Second

// tryCall makes one call of the kind that the worker makes. Alone, it says all that
// one call can tell. It is ok when there was an answer.
func tryCall(ctx context.Context, e *endpoint, alone bool) (findings []finding, ok bool) {
	schema, err := llm.NewSchema("answer", []byte(`{"type":"object","properties":{"word":{"type":"string"}},"required":["word"],"additionalProperties":false}`))
	if err != nil {
		return []finding{failure("call", err)}, false
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
		return []finding{failure("call", err)}, false
	}
	var answer struct {
		Word string `json:"word"`
	}
	if err := json.Unmarshal([]byte(resp.Content), &answer); err != nil {
		return []finding{failure("call", errors.New("the answer is no JSON object"))}, false
	}
	call := finding{Check: "call", State: stateOK, Detail: fmt.Sprintf("سلام → %s, by %s, in %.1f s", show.Clip(show.Line(answer.Word), 30), resp.Model, took.Seconds())}
	if took > slowCall {
		call.State, call.Advice = stateWarn, "This endpoint is slow: an article will take minutes. Give the model a GPU or more cores, take a smaller one, and raise --timeout."
	}
	findings = []finding{call}
	if !alone {
		return findings, true // the probes tell the rest
	}
	structure := finding{Check: "structured output", State: stateOK, Detail: string(resp.Rung)}
	if resp.Rung != llm.RungSchema {
		structure.State, structure.Advice = stateWarn, "The endpoint does not take a JSON Schema. Answers are checked all the same; expect more repairs."
	}
	usage := finding{Check: "usage", State: stateOK, Detail: fmt.Sprintf("%d + %d tokens reported", resp.Usage.In, resp.Usage.Out)}
	if !resp.Usage.Known {
		usage.State, usage.Detail, usage.Advice = stateWarn, "no token counts are reported", "Tokens and costs will be estimates."
	}
	findings = append(findings, structure, usage)
	if why := resp.PromptTokensSuspicious; why != "" {
		findings = append(findings, finding{"prompt", stateWarn, why, "The endpoint may cut long articles. Raise its context size (Ollama: OLLAMA_CONTEXT_LENGTH)."})
	}
	return findings, true
}
