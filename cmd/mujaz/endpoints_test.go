package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/worker"
)

func TestReadEndpoints(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"unknown field": {"endpoints:\n- base_url: http://x/v1\n  api_key: TOPSECRET\n", "line 3"},
		"none":          {"endpoints: []\n", "has 0 endpoints"},
		"no list":       {"TOPSECRET", "no list of endpoints"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "endpoints.yaml")
			if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readEndpoints(file)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "TOPSECRET") {
				t.Errorf("%v, want %q and nothing of the file's values", err, c.want)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "endpoints.yaml")
	if err := os.WriteFile(file, []byte("endpoints:\n- base_url: http://x/v1\n  model: m\n  timeout: 2m\n  when: [down, too_long]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := readEndpoints(file)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d endpoints, %v", len(found), err)
	}
	if diff := cmp.Diff([]worker.Condition{worker.WhenDown, worker.WhenTooLong}, found[0].When); diff != "" || found[0].Timeout.Minutes() != 2 {
		t.Errorf("read %+v", found[0])
	}
}
