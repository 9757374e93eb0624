package llmtest

import "sync"

// Gate holds calls back until the test lets them go, so that a test can look at
// a call under way without sleeping.
type Gate struct {
	arrived chan uint64
	tokens  chan struct{}
	open    chan struct{}
	once    sync.Once
}

// maxHeld bounds how many calls a Gate announces before somebody listens.
const maxHeld = 1 << 16

func newGate() *Gate {
	return &Gate{arrived: make(chan uint64, maxHeld), tokens: make(chan struct{}, maxHeld), open: make(chan struct{})}
}

// Arrived gives the fingerprint of each call as it comes to the gate.
func (g *Gate) Arrived() <-chan uint64 { return g.arrived }

// Release lets n calls pass, those waiting now or the next ones.
func (g *Gate) Release(n int) {
	for range n {
		g.tokens <- struct{}{}
	}
}

// Open lets every call pass from now on.
func (g *Gate) Open() { g.once.Do(func() { close(g.open) }) }

// pass blocks until the call may go; false when done ends first.
func (g *Gate) pass(fingerprint uint64, done, closed <-chan struct{}) bool {
	select {
	case <-g.open:
		return true
	default:
	}
	select {
	case g.arrived <- fingerprint:
	default:
	}
	select {
	case <-g.open:
		return true
	case <-g.tokens:
		return true
	case <-done:
		return false
	case <-closed:
		return false
	}
}
