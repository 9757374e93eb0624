package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// paceSlots keep an endpoint that answers at once busy.
const paceSlots = 64

// pace measures what safety costs: the same jobs on the shipped configurations,
// and on the same with a sync every ten seconds. There are no faults.
func pace(ctx context.Context, a *attempt) error {
	safe := a.cfg.Configs
	fast, err := fastConfigs(a.cfg)
	if err != nil {
		return err
	}
	for _, row := range []struct {
		what, configs string
		nodes         int
	}{{"one node, fast", fast, 1}, {"one node, safe", safe, 1}, {"three nodes, fast", fast, 3}, {"three nodes, safe", safe, 3}} {
		a.cfg.Configs = row.configs
		if err := a.paceOf(ctx, row.what, row.nodes); err != nil {
			return fmt.Errorf("%s: %w", row.what, err)
		}
		if l := Check(a.journal); len(l.Violations) > 0 {
			a.figure("the rest was not tried")
			return nil
		}
		if err := removeStores(a.cfg); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) paceOf(ctx context.Context, what string, nodes int) error {
	st, err := open(ctx, a, setup{nodes: nodes, config: "single.conf", workers: 1, slots: paceSlots, ackWait: queue.DefaultAckWait, grace: 5 * time.Second})
	if err != nil {
		return err
	}
	defer st.close(ctx)
	began := time.Now()
	sent := produce(ctx, st.conn, orders(a.cfg.Jobs, queue.LaneLive, "gazette", 0))
	queued := time.Since(began)
	began = time.Now()
	if err := st.work(ctx); err != nil {
		return err
	}
	st.settle(ctx)
	took := time.Since(began)
	if a.journal, err = st.collect(ctx); err != nil {
		return err
	}
	a.journal.Jobs = sent
	rate := func(d time.Duration) float64 { return float64(len(sent)) / d.Seconds() }
	a.figure("%s: %.0f jobs a second queued by %d senders, %.0f worked off by one worker with %d slots", what, rate(queued), senders, rate(took), paceSlots)
	return nil
}

// fastConfigs are the shipped ones with a sync every ten seconds, as
// single-fast.conf has it.
func fastConfigs(cfg Config) (string, error) {
	folder := filepath.Join(cfg.Dir, "fast")
	if err := os.CopyFS(folder, os.DirFS(cfg.Configs)); err != nil {
		return "", fmt.Errorf("copy the servers' configurations: %w", err)
	}
	for _, name := range []string{"single.conf", "cluster.conf"} {
		file := filepath.Join(folder, name)
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("copy the servers' configurations: %w", err)
		}
		quick := strings.Replace(string(text), "\n  sync_interval: always", "\n  sync_interval: \"10s\"", 1)
		if quick == string(text) {
			return "", fmt.Errorf("%s does not sync always: there is nothing to compare", name)
		}
		if err := os.WriteFile(file, []byte(quick), 0o600); err != nil {
			return "", fmt.Errorf("copy the servers' configurations: %w", err)
		}
	}
	return folder, nil
}
