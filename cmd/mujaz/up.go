package main

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"go.uber.org/zap"

	"github.com/mujaz/mujaz/internal/demo"
	"github.com/mujaz/mujaz/internal/natsembed"
	"github.com/mujaz/mujaz/queue"
)

type upCmd struct {
	Data   string `default:"./mujaz-data" placeholder:"DIR" help:"Where the server keeps jobs and results [${default}]."`
	Listen string `default:"127.0.0.1:4222" placeholder:"HOST:PORT" help:"Where the server listens. It knows no users: beyond this machine, run your own NATS [${default}]."`
	Sync   bool   `default:"true" negatable:"" help:"Write every message to disk before it is confirmed; without, a power cut loses up to two minutes."`

	Topology topologyFlags `embed:"" group:"topology"`
	LLM      llmFlags      `embed:"" group:"llm"`
	Work     workerFlags   `embed:"" group:"worker"`
	Judge    judgeFlags    `embed:"" group:"judge"`
	Log      logFlags      `embed:"" group:"log"`
}

// Help is shown by --help.
func (*upCmd) Help() string {
	return `One process for one machine: a NATS server with JetStream, listening so that any NATS client can publish jobs, and a worker. The limits of what is stored are smaller here than for a server of your own.

    mujaz up
    mujaz up --data /var/lib/mujaz --model qwen3:4b
    mujaz submit --wait article.txt     in another terminal`
}

// Run works until it is told to stop.
func (c *upCmd) Run(ctx context.Context, p *program) error {
	log, err := c.Log.logger(p)
	if err != nil {
		return err
	}
	host, portText, err := net.SplitHostPort(c.Listen)
	port, portErr := strconv.ParseUint(portText, 10, 16)
	if err != nil || portErr != nil {
		return usagef("Write it like 127.0.0.1:4222.", "--listen: %q is not HOST:PORT", c.Listen)
	}
	cfg, err := c.Work.config(p.version)
	if err != nil {
		return err
	}
	if cfg.Judge, err = c.Judge.judge(cfg.Slots, c.Work.Currency); err != nil {
		return err
	}
	defer closeJudge(cfg.Judge)
	server, err := demo.StartServer(ctx, natsembed.Config{
		StoreDir: c.Data, Host: host, Port: int(port), SyncAlways: c.Sync, MaxStore: c.Topology.total(), OnLog: logServer(log),
	}, queue.ConnConfig{Name: "mujaz worker " + cfg.Name, Topology: c.Topology.topology(), OnState: logState(log)})
	if err != nil {
		return err
	}
	defer server.Close()
	prefix := c.Topology.Prefix
	fmt.Fprintf(p.out, `NATS with JetStream: %s (data in %s)
Publish a job: mujaz submit --wait FILE
           or: nats --server %s req %s.jobs.live.default.$RANDOM '{"article":{"text":"…"}}'
Read results:  mujaz results --follow
`, server.URL, c.Data, server.URL, prefix)
	return c.Work.run(ctx, p, server.Conn, cfg, &c.LLM, log)
}

// total is what all streams may hold together, with room for what the server
// keeps beside them: the embedded server reserves it.
func (f *topologyFlags) total() int64 {
	const fleetAndIndexes = 1 << 30
	jobs := f.JobsBytes * byteSize(len(queue.Lanes()))
	return int64(jobs+f.ResultsBytes+f.DeadBytes+f.LedgerBytes+f.BodiesBytes) + fleetAndIndexes
}

// logServer hands the server's log on. What it has to say at its start is
// of no use to anyone who did not configure it.
func logServer(log *zap.Logger) func(level, line string) {
	log = log.Named("nats")
	return func(level, line string) {
		switch level {
		case "error":
			log.Error(line)
		case "warn":
			log.Warn(line)
		default:
			log.Debug(line)
		}
	}
}
