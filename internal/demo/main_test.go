package demo

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// TestMain plays the model server when it is run as one.
func TestMain(m *testing.M) {
	kind := os.Getenv("MUJAZ_TEST_CHILD")
	if kind == "" {
		os.Exit(m.Run())
	}
	os.Exit(playServer(kind))
}

func playServer(kind string) int {
	switch kind {
	case "broken":
		fmt.Fprintln(os.Stderr, "a first line\nthe model file is damaged")
		return 1
	case "good":
		fmt.Fprintln(os.Stdout, "ready http://127.0.0.1:1/v1 model=tiny")
	}
	// It ends with its parent's end of the pipe.
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return 1
	}
	return 0
}
