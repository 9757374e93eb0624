package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEvalChecks measures a folder of which only a page is known: there is no
// data but for the speed, and that is said.
func TestEvalChecks(t *testing.T) {
	t.Parallel()
	corpora := t.TempDir()
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n<!-- eval -->\nold\n<!-- /eval -->\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		env  map[string]string
		args []string
		code int
		want string // in the output
	}{
		{"table", map[string]string{"MUJAZ_CORPORA": corpora}, nil, 0, "no data"},
		{"json", nil, []string{"--json", "--corpora", corpora}, 0, `"key":"ntrex.ar.false"`},
		{"markdown", nil, []string{"--markdown", "--corpora", corpora, "--half", "*"}, 0, "| on | figure |"},
		{"no corpora", nil, nil, exitUsage, "MUJAZ_CORPORA"},
		{"absent corpora", nil, []string{"--corpora", filepath.Join(corpora, "absent")}, 1, "open the corpora"},
		{"two forms", nil, []string{"--json", "--markdown", "--corpora", corpora}, exitUsage, "--markdown"},
		{"no markers", nil, []string{"--corpora", corpora, "--write", writeFile(t, "plain")}, exitUsage, "markers"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := mujaz(t, tc.env, append([]string{"eval", "checks"}, tc.args...)...)
			if code != tc.code || !strings.Contains(stdout+stderr, tc.want) {
				t.Errorf("exit code %d, want %d and %q\n%s%s", code, tc.code, tc.want, stdout, stderr)
			}
		})
	}
	t.Run("write", func(t *testing.T) {
		t.Parallel()
		if code, _, stderr := mujaz(t, nil, "eval", "checks", "--corpora", corpora, "--write", page); code != 0 {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(text); !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "after\n") || !strings.Contains(s, "| on | figure |") || strings.Contains(s, "old") {
			t.Errorf("the page is\n%s", s)
		}
	})
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
