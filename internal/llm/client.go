package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Client asks one endpoint. It is safe for concurrent use; its zero value is
// not usable.
type Client struct {
	cfg              Config
	vendor           openai.ClientConfig // per call completed with an exchange
	http             *http.Client
	extra            []byte // ExtraBody as `,"key":value`
	completionTokens bool   // the endpoint's first choice of token limit name

	mu     sync.RWMutex
	learnt map[traitsKey]traits
}

// maxSteps bounds the HTTP calls of one Complete: the first, two rungs down,
// three parameters, and one that another call's lesson overtook.
const maxSteps = 7

// New checks the settings and returns a client. It does not connect.
func New(cfg Config) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if p := cfg.Profile; p != nil && (p.Validate() != nil || p.Endpoint != cfg.Label) {
		cfg.Profile = nil
	}
	vendor := openai.DefaultConfig(cfg.APIKey.Reveal())
	vendor.BaseURL, vendor.OrgID, vendor.APIVersion = cfg.BaseURL, cfg.Organization, cfg.APIVersion
	switch cfg.API {
	case APIAzure:
		vendor.APIType = openai.APITypeAzure
	case APIAzureAD:
		vendor.APIType = openai.APITypeAzureAD
	}
	vendor.AzureModelMapperFunc = func(model string) string {
		if cfg.Deployment != "" {
			return cfg.Deployment
		}
		return model
	}
	extra, err := extraFields(cfg.ExtraBody)
	if err != nil {
		return nil, fmt.Errorf("extra body: %w", err)
	}
	return &Client{
		cfg: cfg, vendor: vendor, http: newHTTPClient(cfg), extra: extra,
		completionTokens: cfg.takesCompletionTokens(), learnt: map[traitsKey]traits{},
	}, nil
}

// extraFields writes the fields once, sorted, ready to stand inside a body.
func extraFields(fields map[string]any) ([]byte, error) {
	var out []byte
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(fields[key])
		if err != nil {
			return nil, err
		}
		out = append(append(append(append(out, ','), name...), ':'), value...)
	}
	return out, nil
}

// Label names the endpoint in logs and metrics.
func (c *Client) Label() string { return c.cfg.Label }

// Close drops the idle connections. Calls under way end by their own context.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Complete asks for one answer and checks it. The error, if any, is an *Error;
// both it and the Response list every HTTP call that was made.
func (c *Client) Complete(ctx context.Context, req Request) (Response, error) {
	if err := req.validate(); err != nil {
		return Response{}, &Error{Class: ClassMisconfigured, Endpoint: c.cfg.Label, Err: err}
	}
	if req.Model == "" {
		req.Model = c.cfg.Model
	}
	bounded, cancel := context.WithTimeoutCause(ctx, c.cfg.Timeout, errCallTimeout)
	defer cancel()

	key := keyOf(req)
	var calls []Call
	for step := 1; ; step++ {
		known := c.traits(key)
		rung := startRung(req, known)
		began := time.Now()
		resp, call, failure := c.ask(bounded, ctx, req, rung, known)
		calls = append(calls, call)
		c.noteHang(key, rung, began, failure)
		if failure == nil {
			resp.Calls = calls
			return resp, nil
		}
		if step < maxSteps && c.learn(key, failure.lesson, rung, known) {
			// A forced rung that was refused gives way to what was learnt.
			req.Rung = ""
			continue
		}
		failure.Calls, failure.Endpoint = calls, c.cfg.Label
		return Response{}, &failure.Error
	}
}

// ask makes one HTTP call. The caller's own context tells a cancellation from
// the call's deadline.
func (c *Client) ask(bounded, own context.Context, req Request, rung Rung, known traits) (Response, Call, *failure) {
	x := c.exchange()
	x.ask = &question{req: req, rung: rung, tail: req.tail(known, c.completionTokens, c.extra)}
	vendor := c.vendor
	vendor.HTTPClient = x
	answer, err := openai.NewClientWithConfig(vendor).CreateChatCompletion(bounded, req.vendorRequest(req.Model, rung))

	call := Call{Status: x.status, Rung: rung, Time: x.took}
	resp, fail := c.judge(own, x, &answer, err, req, rung)
	if fail == nil {
		call.Usage, call.Paid = resp.Usage, true
		return resp, call, nil
	}
	fail.Status, fail.Limits, fail.RequestID = x.status, parseRateLimits(x.header, x.began), x.requestID()
	call.Class, call.Usage, call.Paid = fail.Class, fail.Usage, fail.paid
	return Response{}, call, fail
}

func (c *Client) exchange() *exchange {
	return &exchange{http: c.http, headers: c.cfg.Headers, limit: c.cfg.MaxResponseBytes}
}

// Models lists the names of the models that the endpoint offers.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	d, err := c.list(ctx)
	return d.Models, err
}

// errVendorModel words go-openai's refusal of names of old completion models.
var errVendorModel = errors.New("the client library refuses this model's name for chat")
