package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/worker"
)

type healthCmd struct {
	Live    bool          `help:"Ask only whether the process is alive (/livez), not whether it can work (/readyz)."`
	Timeout time.Duration `default:"3s" placeholder:"TIME" help:"How long to wait for the answer [${default}]."`

	HealthListen string `default:"${health_listen}" placeholder:"HOST:PORT" help:"Where the worker serves it [${default}]." group:"worker"`
}

// Help is shown by --help.
func (*healthCmd) Help() string {
	return "For health checks in containers that have no curl.\n\n    mujaz health && echo ready\n    mujaz health --live"
}

// maxHealth bounds the answer that is read.
const maxHealth = 64 << 10

// Run asks.
func (c *healthCmd) Run(ctx context.Context, p *program) error {
	address, err := localAddress(c.HealthListen)
	if err != nil {
		return err
	}
	path := "/readyz"
	if c.Live {
		path = "/livez"
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, http.NoBody)
	if err != nil {
		return usagef("Write it like 127.0.0.1:9464.", "--health-listen: %q is not HOST:PORT", c.HealthListen)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return &fault{code: exitConnection, err: fmt.Errorf("no worker answers at %s", address), hint: "Start one (`mujaz worker`), or name its address with --health-listen."}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxHealth))
	if err != nil {
		return fmt.Errorf("read the worker's answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		_, err := fmt.Fprintln(p.out, map[bool]string{true: "alive", false: "ready"}[c.Live])
		return err
	}
	var status worker.Status
	if json.Unmarshal(body, &status) == nil && len(status.Reasons) > 0 {
		return fmt.Errorf("not ready: %s", show.Line(strings.Join(status.Reasons, "; ")))
	}
	return fmt.Errorf("not ready: HTTP status %d", resp.StatusCode)
}

// localAddress is where to reach a listener from this machine.
func localAddress(listen string) (string, error) {
	if isOff(listen) {
		return "", errors.New("the worker serves no health: --health-listen is off")
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", usagef("Write it like 127.0.0.1:9464.", "--health-listen: %q is not HOST:PORT", listen)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
