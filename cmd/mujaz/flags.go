package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// natsFlags say how to reach NATS.
type natsFlags struct {
	NATSURL          string `name:"nats-url" envar:"NATS_URL" default:"${nats_url}" placeholder:"URL" help:"Servers, comma separated [${default}]."`
	NATSContext      string `name:"nats-context" placeholder:"NAME" help:"Context of the nats command line, or the path of its file."`
	NATSCreds        string `name:"nats-creds" placeholder:"FILE" help:"Credentials file: JWT and seed."`
	NATSNKey         string `name:"nats-nkey" placeholder:"FILE" help:"File with an nkey seed."`
	NATSUser         string `name:"nats-user" placeholder:"NAME" help:"User name."`
	NATSPasswordFile string `name:"nats-password-file" placeholder:"FILE" help:"File with the user's password."`
	NATSCA           string `name:"nats-ca" placeholder:"FILE" help:"Authorities for TLS, in PEM."`
	NATSCert         string `name:"nats-cert" placeholder:"FILE" help:"Client certificate for TLS."`
	NATSKey          string `name:"nats-key" placeholder:"FILE" help:"Key of the client certificate."`
}

// topologyFlags name and bound what mujaz keeps on the server.
type topologyFlags struct {
	Prefix       string        `default:"${prefix}" help:"Beginning of every subject and stream."`
	Replicas     int           `default:"1" help:"Copies of every stream in a cluster: 1, 3 or 5."`
	JobsBytes    byteSize      `default:"${jobs_bytes}" placeholder:"SIZE" help:"Limit of waiting jobs of a lane; a full one refuses its producers [${default}]."`
	JobsMsgs     int64         `default:"${jobs_msgs}" placeholder:"N" help:"The same in jobs [${default}]."`
	ResultsBytes byteSize      `default:"${results_bytes}" placeholder:"SIZE" help:"Limit of stored results [${default}]."`
	ResultsAge   age           `default:"${results_age}" placeholder:"AGE" help:"How long results are kept [${default}]."`
	DeadBytes    byteSize      `default:"${dead_bytes}" placeholder:"SIZE" help:"Limit of dead letters [${default}]."`
	DeadAge      age           `default:"${dead_age}" placeholder:"AGE" help:"How long dead letters are kept [${default}]."`
	LedgerBytes  byteSize      `default:"${ledger_bytes}" placeholder:"SIZE" help:"Limit of stored LLM answers [${default}]."`
	LedgerAge    age           `default:"${ledger_age}" placeholder:"AGE" help:"How long an LLM answer is used again [${default}]."`
	BodiesBytes  byteSize      `default:"${bodies_bytes}" placeholder:"SIZE" help:"Limit of articles above 512 KiB [${default}]."`
	DedupeWindow time.Duration `default:"${dedupe_window}" placeholder:"TIME" help:"How long the server recognises a producer's retry [${default}]."`
	AckWait      time.Duration `default:"${ack_wait}" placeholder:"TIME" help:"How long a silent worker keeps a job [${default}]."`
	MaxPending   int           `name:"max-ack-pending" default:"16384" placeholder:"N" help:"Most jobs in flight over all workers [${default}]."`
}

// topology is what they say.
func (f *topologyFlags) topology() queue.Topology {
	return queue.Topology{
		Prefix: f.Prefix, Replicas: f.Replicas, JobsBytes: int64(f.JobsBytes), JobsMsgs: f.JobsMsgs,
		ResultsBytes: int64(f.ResultsBytes), ResultsAge: time.Duration(f.ResultsAge),
		DeadBytes: int64(f.DeadBytes), DeadAge: time.Duration(f.DeadAge),
		LedgerBytes: int64(f.LedgerBytes), LedgerTTL: time.Duration(f.LedgerAge), BodiesBytes: int64(f.BodiesBytes),
		DedupeWindow: f.DedupeWindow, AckWait: f.AckWait, MaxAckPending: f.MaxPending,
	}
}

// prefixFlag is for commands that only read and publish.
type prefixFlag struct {
	Prefix string `default:"${prefix}" help:"Beginning of every subject and stream." group:"nats"`
}

// connect reaches the server. OnState may be nil.
func (f *natsFlags) connect(ctx context.Context, topology queue.Topology, name string, onState func(queue.ConnState)) (*queue.Conn, error) {
	cfg := queue.ConnConfig{
		URL: f.NATSURL, Context: f.NATSContext, CredsFile: f.NATSCreds, NKeyFile: f.NATSNKey, User: f.NATSUser,
		CAFile: f.NATSCA, CertFile: f.NATSCert, KeyFile: f.NATSKey,
		Name: name, Topology: topology, OnState: onState,
	}
	if f.NATSPasswordFile != "" {
		password, err := readSecret(f.NATSPasswordFile)
		if err != nil {
			return nil, usagef("Give --nats-password-file a file that holds the password alone.", "read the NATS password: %w", err)
		}
		cfg.Password = password.Reveal()
	}
	return queue.Connect(ctx, cfg)
}

// open is connect for commands that read and publish.
func (f *natsFlags) open(ctx context.Context, prefix string) (*queue.Conn, error) {
	return f.connect(ctx, queue.Topology{Prefix: prefix}, "mujaz", nil)
}

// llmFlags describe the endpoint.
type llmFlags struct {
	BaseURL    string        `envar:"OPENAI_BASE_URL" placeholder:"URL" help:"Root of an OpenAI-compatible endpoint, such as http://localhost:11434/v1."`
	APIKey     llm.Secret    `name:"api-key" envar:"OPENAI_API_KEY" placeholder:"KEY" help:"Its key. Other users of this machine can see a command line: better set the variable, or --api-key-file."`
	APIKeyFile string        `placeholder:"FILE" help:"File with the key."`
	Model      string        `envar:"MUJAZ_MODEL" placeholder:"NAME" help:"Model to ask."`
	API        llm.APIType   `default:"openai" enum:"openai,azure,azure_ad" help:"Dialect of the endpoint: openai, azure or azure_ad."`
	APIVersion string        `placeholder:"DATE" help:"Azure's api-version."`
	Deployment string        `placeholder:"NAME" help:"Azure's deployment, if it is not named like the model."`
	OrgID      string        `name:"organization" placeholder:"ID" help:"Sent as OpenAI-Organization."`
	Timeout    time.Duration `default:"${timeout}" help:"Limit of one call, with all that belongs to it [${default}]." placeholder:"TIME"`
	ExtraBody  jsonObject    `placeholder:"JSON" help:"Fields that are added to every request, such as {\"top_k\":20}."`
	Header     headers       `placeholder:"NAME=VALUE" help:"HTTP header that is added to every request; can be repeated. Values are never shown." secret:""`
	Profile    string        `placeholder:"FILE" help:"What mujaz doctor --write-profile found about the endpoint and model; default: in your configuration folder; \"off\" uses none."`
	OllamaURL  string        `default:"http://127.0.0.1:11434/v1" placeholder:"URL" help:"Where to look for Ollama when no endpoint is given; \"off\" does not look."`
	LocalModel string        `default:".localmodel" placeholder:"DIR" help:"Where to look for the local demo model after that; \"off\" does not look."`
}

// key is the API key, from wherever it is.
func (f *llmFlags) key() (llm.Secret, error) {
	if f.APIKeyFile == "" {
		return f.APIKey, nil
	}
	if f.APIKey != "" {
		return "", usagef("Use one: unset OPENAI_API_KEY, or leave --api-key-file away.", "an API key and a file with one are both given")
	}
	key, err := readSecret(f.APIKeyFile)
	if err != nil {
		return "", usagef("Give --api-key-file a file that holds the key alone.", "read the API key: %w", err)
	}
	return key, nil
}

// maxSecret bounds a file that should hold one line.
const maxSecret = 64 << 10

// readSecret reads a file that holds one secret.
func readSecret(name string) (llm.Secret, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(data))
	switch {
	case secret == "":
		return "", fmt.Errorf("%s is empty", name)
	case len(data) > maxSecret || strings.ContainsAny(secret, "\r\n"):
		return "", errors.New(name + " holds more than one line")
	}
	return llm.Secret(secret), nil
}

// isOff tells the word that switches an address off.
func isOff(s string) bool { return s == "" || cmp.Or(strings.EqualFold(s, "off"), s == "-") }
