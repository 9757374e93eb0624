package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
)

// Exit codes; docs/cli.md and `mujaz help exit-codes` tell users.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitConnection  = 3
	exitInputs      = 4
	exitInterrupted = 130
)

const exitCodes = `Exit codes:
    0    done
    1    an error; for clean and verify --jsonl also: some lines could not be read
    2    usage: the command line, an environment variable or the configuration file is wrong
    3    connection: NATS or the LLM endpoint cannot be reached, or refuses us
    4    some inputs failed or ended as dead letters; the others are done
  130    interrupted (worker, up and results --follow: 0 after an orderly end)
`

// fault is an error with its exit code and what to do about it.
type fault struct {
	code int   // 0: decided by err
	err  error // nil: everything is said already
	hint string
}

// Error is the cause's.
func (f *fault) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

// Unwrap gives the cause.
func (f *fault) Unwrap() error { return f.err }

// Hint says what to do.
func (f *fault) Hint() string { return f.hint }

func hinted(hint, format string, args ...any) error {
	return &fault{err: fmt.Errorf(format, args...), hint: hint}
}

func usagef(hint, format string, args ...any) error {
	return &fault{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// usageError adds where to read on to what the parser says.
func usageError(err *kong.ParseError) error {
	command := "mujaz"
	if err.Context != nil {
		if selected := err.Context.Selected(); selected != nil {
			command = selected.FullPath()
		}
	}
	hint := fmt.Sprintf("Run `%s --help` to see what there is.", command)
	var f *fault
	if errors.As(err, &f) && f.hint != "" {
		hint = f.hint
	}
	return &fault{code: exitUsage, err: errors.Unwrap(err), hint: hint}
}

// report prints the error, if any, and returns its exit code.
func (p *program) report(err error, interrupted bool) int {
	if err == nil {
		return exitOK
	}
	if interrupted && (errors.Is(err, context.Canceled) || errors.Is(err, errInterrupted)) {
		fmt.Fprintln(p.err, "mujaz: interrupted")
		return exitInterrupted
	}
	p.complain(err)
	return exitCode(err)
}

// complain prints an error and its hint.
func (p *program) complain(err error) {
	text := strings.TrimSpace(err.Error())
	if text == "" {
		return
	}
	text = strings.ReplaceAll(show.Clean(text), "\n", "\n  ")
	fmt.Fprintf(p.err, "%s %s\n", p.errStyle.Red("mujaz:"), text)
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(p.err, "%s %s\n", p.errStyle.Bold("hint:"), strings.ReplaceAll(show.Clean(hint), "\n", "\n  "))
	}
}

// hintOf is what to do about err: the outermost advice there is.
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		return h.Hint()
	}
	var e *llm.Error
	if errors.As(err, &e) && !strings.Contains(err.Error(), e.Advice) {
		return e.Advice
	}
	return ""
}

func exitCode(err error) int {
	var f *fault
	if errors.As(err, &f) && f.code != 0 {
		return f.code
	}
	if _, found := errors.AsType[*queue.ConnectError](err); found {
		return exitConnection
	}
	switch llm.Classify(err) {
	case llm.ClassUnavailable, llm.ClassMisconfigured, llm.ClassQuota, llm.ClassThrottled:
		return exitConnection
	}
	return exitError
}
