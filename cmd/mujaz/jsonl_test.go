package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func lineProgram(out, errOut io.Writer) *program {
	return &program{out: out, err: errOut}
}

func TestEachLineKeepsTheOrder(t *testing.T) {
	t.Parallel()
	const n = 5000
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "%d\n", i)
	}
	var out, errOut bytes.Buffer
	err := lineProgram(&out, &errOut).eachLine(t.Context(), strings.NewReader(in.String()), func(line []byte) ([]byte, error) {
		if rand.IntN(50) == 0 {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond) // disorder among the workers, not a wait
		}
		return bytes.TrimSpace(line), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != in.String() {
		t.Error("the order of the lines is not kept")
	}
}

// TestEachLineLongLines: bufio.Scanner would stop at 64 kB.
func TestEachLineLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3<<20)
	var out, errOut bytes.Buffer
	err := lineProgram(&out, &errOut).eachLine(t.Context(), strings.NewReader(long+"\nshort\n\nend"), func(line []byte) ([]byte, error) {
		return fmt.Appendf(nil, "%d", len(bytes.TrimSpace(line))), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d\n5\n3\n", 3<<20); out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestEachLineTooLong: a line beyond all articles is passed over, not held.
func TestEachLineTooLong(t *testing.T) {
	t.Parallel()
	in := io.MultiReader(strings.NewReader("one\n"), io.LimitReader(endless{}, maxLine+10), strings.NewReader("\nthree\n"))
	var out, errOut bytes.Buffer
	err := lineProgram(&out, &errOut).eachLine(t.Context(), in, func(line []byte) ([]byte, error) { return bytes.TrimSpace(line), nil })
	if err == nil || out.String() != "one\nthree\n" || errOut.String() != "line 2: the line is too long\n" {
		t.Errorf("got %q, %q, %v", out.String(), errOut.String(), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestEachLineAnswersAtOnce: a program at the other end of the pipe that waits
// for an answer before it sends the next line must get it.
func TestEachLineAnswersAtOnce(t *testing.T) {
	t.Parallel()
	in, send := io.Pipe()
	receive, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- lineProgram(out, io.Discard).eachLine(t.Context(), in, func(line []byte) ([]byte, error) { return bytes.TrimSpace(line), nil })
	}()
	buf := make([]byte, 16)
	for range 3 {
		if _, err := send.Write([]byte("ping\n")); err != nil {
			t.Fatal(err)
		}
		n, err := receive.Read(buf)
		if err != nil || string(buf[:n]) != "ping\n" {
			t.Fatalf("got %q, %v", buf[:n], err)
		}
	}
	send.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestEachLineReportsWhatCannotBeReadOrWritten(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	echo := func(line []byte) ([]byte, error) { return line, nil }
	if err := lineProgram(io.Discard, io.Discard).eachLine(t.Context(), io.MultiReader(strings.NewReader("a\n"), failing{broken}), echo); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if err := lineProgram(failing{broken}, io.Discard).eachLine(t.Context(), strings.NewReader("a\nb\n"), echo); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// FuzzLines: no line makes the program panic.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{`{"id":1,"text":"مرحبا"}`, `{"id":[],"source":"x","output":{"key_points":[{"text":"y","source_paragraphs":[9]}]}}`, `{`, `[]`, `null`, "\xff", `{"output":null,"source":""}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, line []byte) {
		_, _ = cleanLine(line)
		_, _ = verifyLine(line)
	})
}
