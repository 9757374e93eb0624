package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// link is a TCP connection's way between two parts, on which bytes can be
// delayed, held back or lost.
type link struct {
	ln     net.Listener
	target string
	wg     sync.WaitGroup

	mu     sync.Mutex
	state  linkState
	change chan struct{} // closed and replaced when the state changes
	conns  map[net.Conn]struct{}
	closed bool
}

// linkState is what happens to bytes.
type linkState struct {
	cut   bool          // connections are reset, new ones refused
	stall bool          // connections stand, and nothing gets through
	delay time.Duration // of each piece, each way
}

// linkBuffer is the size of a piece: with a delay of 20 ms some 800 KB a second.
const linkBuffer = 16 << 10

func newLink(ctx context.Context, target string) (*link, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a link to %s: %w", target, err)
	}
	l := &link{ln: ln, target: target, change: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	l.wg.Go(func() { l.accept(context.WithoutCancel(ctx)) })
	return l, nil
}

func (l *link) address() string { return l.ln.Addr().String() }

// set changes what happens to bytes from now on.
func (l *link) set(s linkState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	close(l.change)
	l.change = make(chan struct{})
	if s.cut {
		l.dropLocked()
	}
}

// dropLocked resets what is open.
func (l *link) dropLocked() {
	for c := range l.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not an orderly end
		}
		_ = c.Close()
	}
}

// close ends the link and waits for its goroutines.
func (l *link) close() {
	l.mu.Lock()
	l.closed = true
	close(l.change)
	l.change = make(chan struct{})
	_ = l.ln.Close()
	l.dropLocked()
	l.mu.Unlock()
	l.wg.Wait()
}

func (l *link) accept(ctx context.Context) {
	dialer := net.Dialer{Timeout: time.Second}
	for {
		near, err := l.ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		far, err := dialer.DialContext(ctx, "tcp", l.target)
		if err != nil || !l.keep(near, far) {
			_ = near.Close()
			if far != nil {
				_ = far.Close()
			}
			continue
		}
		l.wg.Go(func() { l.carry(near, far) })
		l.wg.Go(func() { l.carry(far, near) })
	}
}

// keep takes a pair of connections in, unless the link is cut.
func (l *link) keep(pair ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.state.cut {
		return false
	}
	for _, c := range pair {
		l.conns[c] = struct{}{}
	}
	return true
}

// carry copies one way until either side ends.
func (l *link) carry(from, to net.Conn) {
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range []net.Conn{from, to} {
			delete(l.conns, c)
			_ = c.Close()
		}
	}()
	buf := make([]byte, linkBuffer)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if !l.pass() {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass holds a piece back as the state demands; false once the link is closed
// or cut.
func (l *link) pass() bool {
	for {
		l.mu.Lock()
		state, change, closed := l.state, l.change, l.closed
		l.mu.Unlock()
		switch {
		case closed || state.cut:
			return false
		case state.stall:
			<-change
		default:
			time.Sleep(state.delay)
			return true
		}
	}
}
