package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// workerFlags steer the work itself.
type workerFlags struct {
	Slots int `placeholder:"N" help:"Jobs in hand at once; default: as many as the endpoint has use for, found while working."`
	endpointsFlag
	priceFlags
	budgetFlags
	RequestsPerMinute int           `placeholder:"N" help:"The endpoint's limit of requests a minute, shared by all workers of this endpoint; default: as its answers say."`
	TokensPerMinute   int           `placeholder:"N" help:"The same for tokens."`
	AllowedModels     []string      `placeholder:"NAME" help:"Models beside --model that a job may ask for."`
	FallbackModel     string        `placeholder:"NAME" help:"Model to ask when --model refuses an article."`
	Hedge             float64       `placeholder:"SHARE" help:"Make a second call beside one for a live job that is slower than this share of calls, such as 0.95; the quicker answer counts, both are paid for. Default: none."`
	Temperature       float64       `default:"0" help:"Temperature of the calls, 0 to 2."`
	Seed              *int          `placeholder:"N" help:"Seed of the calls, for endpoints that know one."`
	ContextTokens     int           `placeholder:"N" help:"Context size of --model at the endpoint in tokens; default: as its refusals say. What does not fit goes in parts."`
	MaxTokens         int           `placeholder:"N" help:"Limit of an answer in tokens; default: from task and article."`
	Attempts          int           `default:"5" placeholder:"N" help:"Failed attempts that a job may have; waiting is none [${default}]."`
	Grace             time.Duration `default:"${grace}" placeholder:"TIME" help:"How long jobs in hand may go on after a stop [${default}]."`
	MaxArticleBytes   byteSize      `default:"${max_article}" placeholder:"SIZE" help:"Limit of an article [${default}]."`
	ReplyPrefixes     []string      `default:"_INBOX." placeholder:"PREFIX" help:"How a job's reply_to may begin [${default}]."`
	Glossary          string        `placeholder:"FILE" help:"House glossary: names and the English that must be used for them, in YAML or CSV."`
	RequireSignatures string        `placeholder:"FILE" help:"Work on signed jobs only: a file with a producer's public key a line, and behind it the sources that it may sign for, all if there are none."`
	PromptsDir        string        `placeholder:"DIR" help:"Folder with prompts that replace or join the embedded ones."`
	Name              string        `placeholder:"NAME" help:"Name of this worker in results and logs; default: host and process id."`
	HealthListen      string        `default:"${health_listen}" placeholder:"HOST:PORT" help:"Where to serve /livez, /readyz and /metrics, or \"off\" [${default}]."`
	Provision         bool          `default:"true" negatable:"" help:"Create and migrate the streams; without, they must be there."`
}

const defaultHealthListen = "127.0.0.1:9464"

// config is what the flags say; the caller adds queue, endpoint and log.
func (f *workerFlags) config(version string) (worker.Config, error) {
	library, err := prompts.Load(f.PromptsDir)
	if err != nil {
		return worker.Config{}, usagef("Correct the prompts in --prompts-dir, or leave it away.", "read prompts: %w", err)
	}
	house, err := readHouse(f.Glossary)
	if err != nil {
		return worker.Config{}, err
	}
	trust, err := f.trust()
	if err != nil {
		return worker.Config{}, err
	}
	cfg := worker.Config{
		Trust: trust, Prompts: library, Glossary: house, AllowedModels: f.AllowedModels, FallbackModel: f.FallbackModel, Slots: f.Slots,
		Context: f.ContextTokens, MaxTokens: f.MaxTokens, Temperature: f.Temperature, Seed: f.Seed, Hedge: f.Hedge, MaxArticleBytes: int64(f.MaxArticleBytes),
		RequestsPerMinute: f.RequestsPerMinute, TokensPerMinute: f.TokensPerMinute, Attempts: f.Attempts, Grace: f.Grace, ReplyPrefixes: f.ReplyPrefixes,
		Name: cmp.Or(f.Name, workerName()), Version: version,
	}
	cfg.Price, cfg.Budgets = f.own(), f.budgets()
	if f.Slots < 0 || f.Attempts < 1 {
		return worker.Config{}, usagef("The defaults suit an endpoint of unknown capacity.", "--slots must not be negative, and --attempts must be at least 1")
	}
	return cfg, nil
}

// trust is nil where signatures are not demanded.
func (f *workerFlags) trust() (*queue.Trust, error) {
	if f.RequireSignatures == "" {
		return nil, nil
	}
	trust, err := queue.ReadTrust(f.RequireSignatures)
	if err != nil {
		return nil, usagef("A line is a public key (`mujaz keys new` prints one) and the sources it may sign for, if not all.", "--require-signatures: %w", err)
	}
	return trust, nil
}

func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return host + "-" + strconv.Itoa(os.Getpid())
}

// logFlags are about the log.
type logFlags struct {
	LogLevel  string `default:"info" enum:"debug,info,warn,error" help:"What to log: debug, info, warn or error."`
	LogFormat string `default:"auto" enum:"auto,console,json" help:"auto is console on a terminal, json otherwise."`
}

// logger writes to standard error.
func (f *logFlags) logger(p *program) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(f.LogLevel)
	if err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	console := f.LogFormat == "console" || f.LogFormat == "auto" && show.IsTerminal(p.err)
	cfg := zap.NewProductionEncoderConfig()
	cfg.TimeKey, cfg.EncodeTime = "time", zapcore.RFC3339TimeEncoder
	encoder := zapcore.NewJSONEncoder(cfg)
	if console {
		cfg.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		cfg.EncodeLevel = zapcore.CapitalLevelEncoder
		if p.errStyle.Color {
			cfg.EncodeLevel = zapcore.CapitalColorLevelEncoder
		}
		encoder = zapcore.NewConsoleEncoder(cfg)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(p.err)), level)), nil
}
