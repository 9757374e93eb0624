package chaos

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo is a server that says everything twice, as a link's far end.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

func TestLink(t *testing.T) {
	t.Parallel()
	l, err := newLink(t.Context(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	dial := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", l.address())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn, bufio.NewReader(conn)
	}
	say := func(conn net.Conn, in *bufio.Reader) error {
		if _, err := conn.Write([]byte("word\n")); err != nil {
			return err
		}
		_, err := in.ReadString('\n')
		return err
	}
	conn, in := dial()
	if err := say(conn, in); err != nil {
		t.Fatalf("an open link: %v", err)
	}

	// Stalled: nothing comes, and it comes once the link is open again.
	l.set(linkState{stall: true})
	if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if err := say(conn, in); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a stalled link: %v, want silence", err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	l.set(linkState{})
	if _, err := in.ReadString('\n'); err != nil {
		t.Errorf("what was held back: %v", err)
	}

	// Cut: the connection breaks, and new ones are of no use.
	l.set(linkState{cut: true})
	if _, err := in.ReadString('\n'); err == nil {
		t.Error("a cut link still carries")
	}
	fresh, freshIn := dial()
	if err := say(fresh, freshIn); err == nil {
		t.Error("a new connection gets through a cut link")
	}
	l.set(linkState{})
	fresh, freshIn = dial()
	if err := say(fresh, freshIn); err != nil {
		t.Errorf("a mended link: %v", err)
	}
}
