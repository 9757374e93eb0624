package demo

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func child(t *testing.T, kind string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "MUJAZ_TEST_CHILD="+kind)
	return cmd
}

func TestLocalModel(t *testing.T) {
	t.Parallel()
	cmd := child(t, "good")
	m, err := startModel(t.Context(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	if m.BaseURL != "http://127.0.0.1:1/v1" || m.Model != "tiny" {
		t.Errorf("got %s, %s", m.BaseURL, m.Model)
	}
	m.Stop()
	m.Stop() // does nothing
	if cmd.ProcessState == nil {
		t.Error("the child is left behind")
	}
}

func TestLocalModelSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := startModel(t.Context(), child(t, "broken"))
	if err == nil || !strings.Contains(err.Error(), "the model file is damaged") {
		t.Errorf("got %v", err)
	}
}

func TestLocalModelCanBeInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	cmd := child(t, "silent")
	if _, err := startModel(ctx, cmd); err == nil {
		t.Error("a child that says nothing is taken as ready")
	}
	if cmd.ProcessState == nil {
		t.Error("the child is left behind")
	}
}

func TestInstalled(t *testing.T) {
	t.Chdir(t.TempDir())
	if Installed(".localmodel") || Installable() {
		t.Error("an empty folder has the model, or what installs it")
	}
}
