package chaos_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/chaos"
)

// A small part of `make chaos`: the shipped programs as processes, with faults.
func TestPromisesHoldUnderFaults(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	for _, program := range []string{"github.com/mujaz/mujaz/cmd/mujaz", "github.com/mujaz/mujaz/cmd/mujaz-chaos", "github.com/nats-io/nats-server/v2"} {
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin+"/", program).CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", program, err, out)
		}
	}
	// One after the other: they are meant to find faults of mujaz, not of a
	// machine that has too much to do.
	for _, c := range []struct {
		name string
		jobs int
	}{{"kills", 400}, {"poison", 120}, {"drain", 128}} {
		t.Run(c.name, func(t *testing.T) {
			all := chaos.Scenarios()
			scenario := all[slices.IndexFunc(all, func(s chaos.Scenario) bool { return s.Name == c.name })]
			report, err := scenario.Run(t.Context(), chaos.Config{
				Seed: 1, Jobs: c.jobs, Mujaz: filepath.Join(bin, "mujaz"), Self: filepath.Join(bin, "mujaz-chaos"),
				Server: filepath.Join(bin, "nats-server"), Configs: "../../deploy/nats", Dir: t.TempDir(),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + strings.Join(report.Lines(), "\n"))
			if report.Failed() {
				t.Fail()
			}
		})
	}
}

// The same seed gives the same faults.
func TestScheduleIsRepeated(t *testing.T) {
	t.Parallel()
	first, again, other := chaos.DrawKills(7, 10_000), chaos.DrawKills(7, 10_000), chaos.DrawKills(8, 10_000)
	if !slices.Equal(first, again) {
		t.Error("two schedules of one seed differ")
	}
	if slices.Equal(first, other) {
		t.Error("the schedules of two seeds are the same")
	}
	if len(first) != 70 {
		t.Errorf("%d faults for 10,000 jobs, want 50 kills, 10 stops and 10 kills of the server", len(first))
	}
}
